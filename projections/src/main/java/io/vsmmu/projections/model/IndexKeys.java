package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.VsmmuEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Computes the index keys of an event. Every event that a query wants has one of the keys that
 * {@code IndexConditions} derives from the query. The reverse need not hold: an event with such a
 * key is read and examined itself.
 */
public final class IndexKeys {

  /**
   * StreamIDs of one event that get keys of their own; with more, the event gets {@link
   * IndexKey#ANY_STREAM} instead.
   */
  static final int STREAMS_PER_EVENT = 32;

  /** Most cells for one range of addresses; a longer range gets larger cells. */
  static final int CELLS_PER_RANGE = 8;

  /**
   * Number of cells, and of ASIDs, that any event may have. A slice with many commands may have one
   * for every {@link #COMMANDS_PER_CELL} commands, so that the index grows no faster than the log.
   */
  static final int LEAST_PER_EVENT = 8;

  static final int COMMANDS_PER_CELL = 8;

  private final Set<IndexKey> keys = new HashSet<>();
  private final Set<IndexKey> cells = new HashSet<>();
  private final Set<IndexKey> asids = new HashSet<>();
  private final int most;
  private int leastBits = AddressCells.LEAST_BITS;

  private IndexKeys(int commands) {
    this.most = Math.max(LEAST_PER_EVENT, commands / COMMANDS_PER_CELL);
  }

  public static Set<IndexKey> of(LogEvent event) {
    IndexKeys keys = new IndexKeys(parts(event.event()));
    keys.keys.add(new IndexKey(IndexKey.EVERY_BLOCK, 0));
    keys.keys.add(new IndexKey(IndexKey.TYPE, event.typeNumber()));
    keys.streams(NamedStreams.of(event.event()));
    List<ScopedEntry> entries = ScopedEntry.each(event.event());
    entries.forEach(keys::add);
    keys.finish();
    return keys.keys;
  }

  /** Number of commands or records in an event. */
  private static int parts(VsmmuEvent event) {
    return switch (event) {
      case CommandsConsumed it -> it.consumed();
      case FaultsReported it -> it.records().size();
      default -> 1;
    };
  }

  private void streams(NamedStreams streams) {
    boolean many = streams.each().size() > STREAMS_PER_EVENT;
    if (many || streams.ranges()) {
      keys.add(new IndexKey(IndexKey.STREAM, IndexKey.ANY_STREAM));
    }
    if (!many) {
      for (int sid : streams.each()) {
        keys.add(new IndexKey(IndexKey.STREAM, Integer.toUnsignedLong(sid)));
      }
    }
  }

  private void add(ScopedEntry entry) {
    int scope = scope(entry);
    if (scope == IndexKey.CONFIGURATION) {
      keys.add(new IndexKey(scope, AddressCells.ANY));
      return;
    }
    asids.add(new IndexKey(scope, AddressCells.ANY));
    int bits = AddressCells.bitsFor(entry.scope().addresses(), leastBits, CELLS_PER_RANGE);
    for (long cell : AddressCells.at(entry.scope().addresses(), bits)) {
      cells.add(new IndexKey(scope, cell));
    }
    while (cells.size() > most && leastBits < AddressCells.MOST_BITS) {
      leastBits += AddressCells.STEP_BITS;
      Set<IndexKey> coarser = new HashSet<>();
      cells.forEach(
          key ->
              coarser.add(new IndexKey(key.scope(), AddressCells.atLeast(key.cell(), leastBits))));
      cells.clear();
      cells.addAll(coarser);
    }
  }

  private static int scope(ScopedEntry entry) {
    return switch (entry.source()) {
      case FAULT -> IndexKey.FAULT;
      case TRANSLATION -> IndexKey.TRANSLATION;
      case INVALIDATION -> {
        Integer asid = entry.scope().asid();
        if (entry.ofConfiguration()) {
          yield IndexKey.CONFIGURATION;
        } else if (entry.scope().namesStreams()) {
          yield IndexKey.ATC;
        } else {
          yield asid == null ? IndexKey.TLB_OF_ALL_ASIDS : IndexKey.tlbOfAsid(asid);
        }
      }
    };
  }

  private void finish() {
    boolean few = asids.size() <= most;
    for (IndexKey asid : asids) {
      put(few ? asid : asid.coarse());
    }
    for (IndexKey cell : cells) {
      IndexKey key = few ? cell : cell.coarse();
      put(key);
      AddressCells.marks(key.cell()).forEach(mark -> put(new IndexKey(key.scope(), mark)));
    }
  }

  /** Adds a key; one for a single ASID also as one that is found without asking for that ASID. */
  private void put(IndexKey key) {
    keys.add(key);
    if (key.ofOneAsid()) {
      keys.add(new IndexKey(IndexKey.TLB_OF_SOME_ASID, key.cell()));
    }
  }
}
