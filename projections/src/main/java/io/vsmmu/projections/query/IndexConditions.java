package io.vsmmu.projections.query;

import io.vsmmu.projections.model.AddressCells;
import io.vsmmu.projections.model.IndexKey;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Translates filters into conditions for the index. Each condition is a set of keys: a wanted event
 * has at least one key of every condition.
 */
final class IndexConditions {

  /** Most cells of one size that a range of addresses is looked up by. */
  static final int CELLS = 256;

  private IndexConditions() {}

  static List<Collection<IndexKey>> of(EventFilter filter) {
    List<Collection<IndexKey>> conditions = new ArrayList<>();
    if (!filter.types().isEmpty()) {
      conditions.add(filter.types().stream().map(IndexConditions::type).toList());
    }
    Integer sid = filter.sid();
    if (sid != null) {
      conditions.add(
          List.of(
              new IndexKey(IndexKey.STREAM, Integer.toUnsignedLong(sid)),
              new IndexKey(IndexKey.STREAM, IndexKey.ANY_STREAM)));
    }
    if (filter.restrictsScope()) {
      List<Integer> scopes = new ArrayList<>(tlb(filter.asid()));
      if (filter.asid() == null) {
        scopes.addAll(List.of(IndexKey.ATC, IndexKey.FAULT, IndexKey.TRANSLATION));
      }
      conditions.add(keys(scopes, filter.addresses()));
    }
    return conditions;
  }

  static List<Collection<IndexKey>> of(InvalidationFilter filter) {
    List<Integer> scopes = new ArrayList<>(tlb(filter.asid()));
    scopes.add(IndexKey.ATC);
    List<IndexKey> keys = new ArrayList<>(keys(scopes, filter.addresses()));
    keys.add(new IndexKey(IndexKey.CONFIGURATION, AddressCells.ANY));
    return List.of(keys);
  }

  private static List<Integer> tlb(@Nullable Integer asid) {
    int own = asid == null ? IndexKey.TLB_OF_SOME_ASID : IndexKey.tlbOfAsid(asid);
    return List.of(IndexKey.TLB_OF_ALL_ASIDS, own);
  }

  private static List<IndexKey> keys(List<Integer> scopes, @Nullable AddressRange addresses) {
    List<Long> cells =
        addresses == null ? List.of(AddressCells.ANY) : AddressCells.overlapping(addresses, CELLS);
    List<IndexKey> keys = new ArrayList<>();
    for (int scope : scopes) {
      cells.forEach(cell -> keys.add(new IndexKey(scope, cell)));
    }
    return keys;
  }

  private static IndexKey type(EventKind kind) {
    return new IndexKey(IndexKey.TYPE, kind.number());
  }
}
