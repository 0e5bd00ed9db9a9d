package io.vsmmu.projections.model;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.VsmmuEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The keys of an event: whatever a query asks for, an event that it wants has one of the keys that
 * stand for it. The other way round need not hold; the event itself tells.
 */
public final class SieveKeys {

  /** StreamIDs of one event that have keys of their own. */
  static final int STREAMS_PER_EVENT = 32;

  /** Cells that one range of addresses is cut into, at most. */
  static final int CELLS_PER_RANGE = 8;

  /**
   * Cells or ASIDs of one event at least, and one more for so many commands: a guest could
   * otherwise make the index grow faster than the log.
   */
  static final int LEAST_PER_EVENT = 8;

  static final int COMMANDS_PER_CELL = 8;

  private final Set<SieveKey> keys = new HashSet<>();
  private final Set<SieveKey> cells = new HashSet<>();
  private final Set<SieveKey> asids = new HashSet<>();
  private final int most;
  private int leastBits = Cells.LEAST_BITS;

  private SieveKeys(int commands) {
    this.most = Math.max(LEAST_PER_EVENT, commands / COMMANDS_PER_CELL);
  }

  /** The keys of an event. */
  public static Set<SieveKey> of(LogEvent event) {
    SieveKeys keys = new SieveKeys(parts(event.event()));
    keys.keys.add(new SieveKey(SieveKey.EVERY_BLOCK, 0));
    keys.keys.add(new SieveKey(SieveKey.TYPE, event.typeNumber()));
    keys.streams(NamedStreams.of(event.event()));
    List<Touch> touches = Touch.each(event.event());
    touches.forEach(keys::add);
    keys.finish();
    return keys.keys;
  }

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
      keys.add(new SieveKey(SieveKey.STREAM, SieveKey.ANY_STREAM));
    }
    if (!many) {
      for (int sid : streams.each()) {
        keys.add(new SieveKey(SieveKey.STREAM, Integer.toUnsignedLong(sid)));
      }
    }
  }

  private void add(Touch touch) {
    int scope = scope(touch);
    if (scope == SieveKey.CONFIGURATION) {
      keys.add(new SieveKey(scope, Cells.ANY));
      return;
    }
    asids.add(new SieveKey(scope, Cells.ANY));
    int bits = Cells.bitsFor(touch.reach().addresses(), leastBits, CELLS_PER_RANGE);
    for (long cell : Cells.at(touch.reach().addresses(), bits)) {
      cells.add(new SieveKey(scope, cell));
    }
    while (cells.size() > most && leastBits < Cells.MOST_BITS) {
      leastBits += Cells.STEP_BITS;
      Set<SieveKey> coarser = new HashSet<>();
      cells.forEach(
          key -> coarser.add(new SieveKey(key.scope(), Cells.atLeast(key.cell(), leastBits))));
      cells.clear();
      cells.addAll(coarser);
    }
  }

  private static int scope(Touch touch) {
    return switch (touch.source()) {
      case FAULT -> SieveKey.FAULT;
      case TRANSLATION -> SieveKey.TRANSLATION;
      case INVALIDATION -> {
        Integer asid = touch.reach().asid();
        if (touch.ofConfiguration()) {
          yield SieveKey.CONFIGURATION;
        } else if (touch.reach().namesStreams()) {
          yield SieveKey.ATC;
        } else {
          yield asid == null ? SieveKey.TLB_OF_ALL_ASIDS : SieveKey.tlbOfAsid(asid);
        }
      }
    };
  }

  private void finish() {
    boolean few = asids.size() <= most;
    for (SieveKey asid : asids) {
      put(few ? asid : asid.coarse());
    }
    for (SieveKey cell : cells) {
      SieveKey key = few ? cell : cell.coarse();
      put(key);
      Cells.marks(key.cell()).forEach(mark -> put(new SieveKey(key.scope(), mark)));
    }
  }

  /** What is of one ASID is found without asking for an ASID, too. */
  private void put(SieveKey key) {
    keys.add(key);
    if (key.ofOneAsid()) {
      keys.add(new SieveKey(SieveKey.TLB_OF_SOME_ASID, key.cell()));
    }
  }
}
