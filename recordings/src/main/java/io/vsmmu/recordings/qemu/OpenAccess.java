package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.SteReading;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one guest access has made the SMMU do so far. QEMU prints the access itself last, so its
 * lines gather here until it comes.
 */
final class OpenAccess {

  /** Commands with the STEs read for them: what one {@link Stimulus.ConsumeCommands} holds. */
  record Slice(
      List<CommandEntry> entries,
      List<CommandEntry> known,
      List<SteReading> readings,
      boolean fetchFault) {}

  /** The queue could not be read: IHI 0070, 7.1. */
  private static final int CERROR_ABT = 2;

  private final long prod;
  private long next;
  private boolean done;
  private boolean maybeClosed;
  private boolean stopped;
  private boolean fetchFault;
  private @Nullable CommandAssembly current;

  private List<CommandEntry> entries = new ArrayList<>();
  private List<CommandEntry> known = new ArrayList<>();
  private Map<Integer, SteReading> readings = new LinkedHashMap<>();
  private List<Slice> slices = new ArrayList<>();
  private int held;
  private boolean handedOn;
  private List<RecordedHostCall> calls = new ArrayList<>();
  private List<Stimulus> devices = new ArrayList<>();

  OpenAccess(long prod, long cons) {
    this.prod = prod;
    this.next = cons;
  }

  long prod() {
    return prod;
  }

  /** The position of the entry to be consumed next. */
  long next() {
    return next;
  }

  /** Whether consumption has ended, so that only the register write is missing. */
  boolean done() {
    return done;
  }

  /** Whether the register write may have been a line that could not be attributed. */
  boolean maybeClosed() {
    return maybeClosed;
  }

  void maybeClosed(boolean value) {
    maybeClosed = value;
  }

  @Nullable CommandAssembly current() {
    return current;
  }

  boolean awaitsOpcode() {
    CommandAssembly command = current;
    return !done && command != null && !command.opcodeSeen();
  }

  /** The next entry is being consumed; entries that were skipped are told of by nothing. */
  void consume(long cons, int log2Size, CommandCounter counter) {
    finishCommand(log2Size, counter);
    fillTo(cons, log2Size, counter);
    next = cons;
    current = new CommandAssembly(cons);
  }

  /** A command error of this CERROR code. */
  void error(int code, int log2Size, CommandCounter counter) {
    CommandAssembly command = current;
    stopped = true;
    fetchFault = code == CERROR_ABT && command != null && !command.opcodeSeen();
    if (fetchFault || command == null) {
      current = null;
      return;
    }
    finishCommand(log2Size, counter);
    next = command.position();
  }

  /** Consumption ended at {@code cons}. */
  void end(long cons, int log2Size, CommandCounter counter) {
    CommandAssembly command = current;
    boolean queueWasStopped =
        command != null && !command.opcodeSeen() && command.position() == cons;
    if (queueWasStopped) {
      current = null;
    }
    finishCommand(log2Size, counter);
    if (!stopped) {
      fillTo(cons, log2Size, counter);
    }
    next = cons;
    done = true;
  }

  private void fillTo(long cons, int log2Size, CommandCounter counter) {
    long missing = QueuePosition.distance(next, cons, log2Size);
    for (long i = 0; i < Math.min(missing, TraceLimits.HELD_COMMANDS); i++) {
      add(new CommandAssembly(next), counter);
    }
  }

  private void finishCommand(int log2Size, CommandCounter counter) {
    CommandAssembly command = current;
    if (command != null) {
      current = null;
      add(command, counter);
      next = QueuePosition.advance(command.position(), log2Size);
    }
  }

  private void add(CommandAssembly command, CommandCounter counter) {
    Map<Integer, SteReading> read = command.steReadings();
    boolean changed =
        read.entrySet().stream()
            .anyMatch(
                e -> {
                  SteReading before = readings.get(e.getKey());
                  return before != null && !before.equals(e.getValue());
                });
    if (changed || entries.size() == Limits.SLICE_ENTRIES) {
      cut(false);
    }
    readings.putAll(read);
    entries.add(command.entry());
    known.add(command.known());
    held++;
    counter.count(command);
  }

  /** One slice holds one reading per StreamID, so a further reading starts a new one. */
  private void cut(boolean fault) {
    slices.add(
        new Slice(List.copyOf(entries), List.copyOf(known), List.copyOf(readings.values()), fault));
    entries = new ArrayList<>();
    known = new ArrayList<>();
    readings = new LinkedHashMap<>();
  }

  /** An STE was installed while no command that reads it was being consumed. */
  void reading(int streamId, SteReading reading) {
    readings.put(streamId, reading);
  }

  int heldCommands() {
    return held;
  }

  boolean hasFullSlices() {
    return !slices.isEmpty();
  }

  /** The slices that are complete; they are forgotten here. */
  List<Slice> takeFullSlices() {
    List<Slice> taken = slices;
    handedOn |= !taken.isEmpty();
    slices = new ArrayList<>();
    held = entries.size();
    return taken;
  }

  /** Whether slices went out before the access was known whole. */
  boolean handedOn() {
    return handedOn;
  }

  /** All slices; they are forgotten here. Empty if nothing was consumed. */
  List<Slice> takeSlices() {
    if (!entries.isEmpty() || fetchFault) {
      cut(fetchFault);
    }
    return takeFullSlices();
  }

  /** Readings that no command asked for: what the write itself made the SMMU read. */
  List<SteReading> takeReadingsOfWrite() {
    if (!entries.isEmpty() || !slices.isEmpty()) {
      return List.of();
    }
    List<SteReading> taken = List.copyOf(readings.values());
    readings.clear();
    return taken;
  }

  void device(Stimulus stimulus) {
    devices.add(stimulus);
  }

  List<Stimulus> takeDevices() {
    List<Stimulus> taken = devices;
    devices = new ArrayList<>();
    return taken;
  }

  void call(RecordedHostCall call) {
    calls.add(call);
  }

  int heldCalls() {
    return calls.size();
  }

  List<RecordedHostCall> takeCalls() {
    List<RecordedHostCall> taken = calls;
    calls = new ArrayList<>();
    return taken;
  }
}
