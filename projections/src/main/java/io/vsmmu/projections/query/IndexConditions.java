package io.vsmmu.projections.query;

import io.vsmmu.projections.model.Cells;
import io.vsmmu.projections.model.SieveKey;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What filters ask of the index: of each demand, an event must have one of the keys. */
final class Demands {

  /** Cells of one size that a range of addresses is looked for in. */
  static final int CELLS = 256;

  private Demands() {}

  static List<Collection<SieveKey>> of(EventFilter filter) {
    List<Collection<SieveKey>> demands = new ArrayList<>();
    if (!filter.types().isEmpty()) {
      demands.add(filter.types().stream().map(Demands::type).toList());
    }
    Integer sid = filter.sid();
    if (sid != null) {
      demands.add(
          List.of(
              new SieveKey(SieveKey.STREAM, Integer.toUnsignedLong(sid)),
              new SieveKey(SieveKey.STREAM, SieveKey.ANY_STREAM)));
    }
    if (filter.restrictsReach()) {
      List<Integer> scopes = new ArrayList<>(tlb(filter.asid()));
      if (filter.asid() == null) {
        scopes.addAll(List.of(SieveKey.ATC, SieveKey.FAULT, SieveKey.TRANSLATION));
      }
      demands.add(keys(scopes, filter.addresses()));
    }
    return demands;
  }

  static List<Collection<SieveKey>> of(InvalidationFilter filter) {
    List<Integer> scopes = new ArrayList<>(tlb(filter.asid()));
    scopes.add(SieveKey.ATC);
    List<SieveKey> keys = new ArrayList<>(keys(scopes, filter.addresses()));
    keys.add(new SieveKey(SieveKey.CONFIGURATION, Cells.ANY));
    return List.of(keys);
  }

  private static List<Integer> tlb(@Nullable Integer asid) {
    int own = asid == null ? SieveKey.TLB_OF_SOME_ASID : SieveKey.tlbOfAsid(asid);
    return List.of(SieveKey.TLB_OF_ALL_ASIDS, own);
  }

  private static List<SieveKey> keys(List<Integer> scopes, @Nullable AddressRange addresses) {
    List<Long> cells = addresses == null ? List.of(Cells.ANY) : Cells.meeting(addresses, CELLS);
    List<SieveKey> keys = new ArrayList<>();
    for (int scope : scopes) {
      cells.forEach(cell -> keys.add(new SieveKey(scope, cell)));
    }
    return keys;
  }

  private static SieveKey type(EventKind kind) {
    return new SieveKey(SieveKey.TYPE, kind.number());
  }
}
