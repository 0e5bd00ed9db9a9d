package io.vsmmu.projections.model;

import io.vsmmu.projections.view.CommandView;
import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run of similar commands or records within one event: the same opcode, ASID and StreamID, any
 * number of address ranges under one hull. A row per command would cost more than the log; the hull
 * is only a sieve, the event itself tells which commands it were.
 *
 * @param firstEntry index within the slice of the run's first command or record
 * @param entries commands or records in the run
 * @param opcode of all of them, -1 if they differ or it is not known
 * @param reach what they touch together
 */
public record Touch(Source source, int firstEntry, int entries, int opcode, Reach reach) {

  /**
   * Runs that one event may have. A guest could otherwise make the read model grow faster than the
   * log; what is beyond goes into the last run, which then touches anything.
   */
  public static final int RUNS_PER_EVENT = 16;

  private static final int MIXED = -1;

  /** What touches. */
  public enum Source {
    /** Invalidation commands of the guest. */
    INVALIDATION(1),
    /** Faults that the host reported. */
    FAULT(2),
    /** Translations that a recording shows. */
    TRANSLATION(3);

    private final int number;

    Source(int number) {
      this.number = number;
    }

    /** Its number in the table. */
    public int number() {
      return number;
    }
  }

  private record Key(int opcode, @Nullable Integer sid, @Nullable Integer asid) {}

  private static final Key REST = new Key(MIXED, null, null);

  /** The runs of an event, in the order of their first commands. */
  public static List<Touch> runs(VsmmuEvent event) {
    Map<Key, Touch> runs = new LinkedHashMap<>();
    for (Touch touch : each(event)) {
      Key key = new Key(touch.opcode, touch.reach.onlySid(), touch.reach.asid());
      if (runs.containsKey(key) || runs.size() < RUNS_PER_EVENT - 1) {
        runs.merge(key, touch, Touch::plus);
      } else {
        runs.merge(REST, touch.asAnything(), Touch::plus);
      }
    }
    return List.copyOf(runs.values());
  }

  /** The commands and records of an event that touch something, one by one. */
  public static List<Touch> each(VsmmuEvent event) {
    return switch (event) {
      case CommandsConsumed it -> commands(it);
      case FaultsReported it -> faults(it);
      case TranslationObserved it -> List.of(new Touch(Source.TRANSLATION, 0, 1, MIXED, reach(it)));
      default -> List.of();
    };
  }

  private static List<Touch> commands(CommandsConsumed it) {
    List<Touch> touches = new ArrayList<>();
    for (int i = 0; i < it.consumed(); i++) {
      int index = i;
      CommandEntry known = CommandView.knownBits(it.known(), i);
      int opcode = CommandView.told(known) ? it.entries().get(i).opcode() : MIXED;
      Reach.of(it.entries().get(i), known)
          .ifPresent(reach -> touches.add(new Touch(Source.INVALIDATION, index, 1, opcode, reach)));
    }
    return touches;
  }

  private static List<Touch> faults(FaultsReported it) {
    List<Touch> touches = new ArrayList<>();
    for (int i = 0; i < it.records().size(); i++) {
      EventRecord record = it.records().get(i);
      touches.add(new Touch(Source.FAULT, i, 1, record.number(), reach(record)));
    }
    return touches;
  }

  private static Reach reach(EventRecord record) {
    Reach stream = Reach.ofStream(record.sid());
    boolean addressed =
        record.type().map(EventType::fields).filter(Touch::hasInputAddress).isPresent();
    return addressed ? stream.within(AddressRange.of(record.word2(), 1)) : stream;
  }

  private static boolean hasInputAddress(FieldTable fields) {
    return fields.fields().contains(EventFields.INPUT_ADDR)
        || fields.fields().contains(EventFields.INPUT_PAGE);
  }

  private static Reach reach(TranslationObserved it) {
    return Reach.ofStream(it.streamId()).within(AddressRange.of(it.iova(), 1));
  }

  /** Whether it is a CFGI command, which has no ASID and no address. */
  public boolean ofConfiguration() {
    return source == Source.INVALIDATION
        && CommandOpcode.of(opcode).filter(o -> o.name().startsWith("CFGI_")).isPresent();
  }

  /** Whether it is CFGI_ALL. */
  public boolean ofAllStreams() {
    return opcode == CommandOpcode.CFGI_STE_RANGE.code()
        && source == Source.INVALIDATION
        && !reach.namesStreams();
  }

  private Touch asAnything() {
    return new Touch(source, firstEntry, entries, MIXED, Reach.ANYTHING);
  }

  private Touch plus(Touch other) {
    Reach a = reach;
    Reach b = other.reach;
    AddressRange hull =
        new AddressRange(
            least(a.addresses().first(), b.addresses().first()),
            greatest(a.addresses().last(), b.addresses().last()));
    Reach both =
        new Reach(
            Math.min(a.firstSid(), b.firstSid()),
            Math.max(a.lastSid(), b.lastSid()),
            a.asid(),
            hull);
    return new Touch(source, firstEntry, entries + other.entries, opcode, both);
  }

  private static long least(long a, long b) {
    return Long.compareUnsigned(a, b) <= 0 ? a : b;
  }

  private static long greatest(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }
}
