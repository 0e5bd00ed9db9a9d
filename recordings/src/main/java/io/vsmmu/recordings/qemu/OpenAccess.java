package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandError;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Instant;
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
      List<SteFetch> fetches,
      boolean fetchFault,
      CommandError error) {}

  /** A host call and when it was printed. */
  record Call(RecordedHostCall call, @Nullable Instant time) {}

  /**
   * A vDEVICE was made.
   *
   * @param address PCI address of the device; empty if not known
   */
  record NewDevice(TraceLine.HostCall call, String address) {}

  private final long prod;
  private long next;
  private boolean done;
  private boolean stopped;
  private boolean fetchFault;
  private CommandError failure = CommandError.CERROR_NONE;
  private @Nullable CommandAssembly current;

  private List<CommandEntry> entries = new ArrayList<>();
  private List<CommandEntry> known = new ArrayList<>();
  private Map<Integer, SteFetch> fetches = new LinkedHashMap<>();
  private final List<Slice> slices = new ArrayList<>();
  private int held;
  private boolean syncLast;
  private int lackingStream;
  private final CommandCounter counter = new CommandCounter();
  private final List<Call> calls = new ArrayList<>();
  private final List<NewDevice> devices = new ArrayList<>();

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

  @Nullable CommandAssembly current() {
    return current;
  }

  boolean awaitsOpcode() {
    CommandAssembly command = current;
    return !done && command != null && !command.opcodeSeen();
  }

  /** The next entry is being consumed; entries that were skipped are told of by nothing. */
  void consume(long cons) {
    finishCommand();
    fillTo(cons);
    next = cons;
    current = new CommandAssembly(cons);
  }

  /** A command error of this CERROR code. */
  void error(int code) {
    CommandAssembly command = current;
    stopped = true;
    fetchFault = code == CommandError.CERROR_ABT.code() && command != null && !command.opcodeSeen();
    failure = fetchFault ? CommandError.CERROR_ABT : errorOf(code);
    if (fetchFault || command == null) {
      current = null;
      return;
    }
    finishCommand();
    next = command.position();
  }

  /** What stopped the queue at an entry that was read: only illegal commands and ATS do. */
  private static CommandError errorOf(int code) {
    return code == CommandError.CERROR_ATC_INV_SYNC.code()
        ? CommandError.CERROR_ATC_INV_SYNC
        : CommandError.CERROR_ILL;
  }

  /** Consumption ended at {@code cons}. */
  void end(long cons) {
    CommandAssembly command = current;
    boolean queueWasStopped =
        command != null && !command.opcodeSeen() && command.position() == cons;
    if (queueWasStopped) {
      current = null;
    }
    finishCommand();
    if (!stopped) {
      fillTo(cons);
    }
    next = cons;
    done = true;
  }

  private void fillTo(long cons) {
    long missing = QueuePosition.distance(next, cons, QueuePosition.UNKNOWN_SIZE);
    for (long i = 0; i < Math.min(missing, TraceLimits.HELD_COMMANDS); i++) {
      add(new CommandAssembly(next));
    }
  }

  private void finishCommand() {
    CommandAssembly command = current;
    if (command != null) {
      current = null;
      add(command);
      next = QueuePosition.advance(command.position(), QueuePosition.UNKNOWN_SIZE);
    }
  }

  private void add(CommandAssembly command) {
    syncLast = command.opcode() == CommandOpcode.SYNC;
    lackingStream += command.lacksStream() ? 1 : 0;
    Map<Integer, SteFetch> read = command.steReadings();
    boolean changed =
        read.entrySet().stream()
            .anyMatch(
                e -> {
                  SteFetch before = fetches.get(e.getKey());
                  return before != null && !before.equals(e.getValue());
                });
    if (changed || entries.size() == Limits.SLICE_ENTRIES) {
      cut(CommandError.CERROR_NONE);
    }
    fetches.putAll(read);
    entries.add(command.entry());
    known.add(command.known());
    held++;
    counter.count(command);
  }

  /**
   * A slice holds one STE for each StreamID, so a second one of a StreamID begins another slice.
   */
  private void cut(CommandError error) {
    slices.add(
        new Slice(
            List.copyOf(entries),
            List.copyOf(known),
            List.copyOf(fetches.values()),
            error == CommandError.CERROR_ABT,
            error));
    entries = new ArrayList<>();
    known = new ArrayList<>();
    fetches = new LinkedHashMap<>();
  }

  /** An STE was installed while no command that reads it was being consumed. */
  void fetch(int streamId, SteFetch fetch) {
    fetches.put(streamId, fetch);
  }

  /** Commands gathered so far. */
  int heldCommands() {
    return held;
  }

  /** Commands whose StreamID is not told. */
  int lackingStream() {
    return lackingStream;
  }

  /** Whether the last command that is complete was a CMD_SYNC. */
  boolean endedWithSync() {
    return syncLast;
  }

  /** The access goes on at {@code cons} with another part. */
  void pause(long cons) {
    finishCommand();
    fillTo(cons);
    next = cons;
  }

  /** Lines are missing: what seems to tell of the last command may be of another. */
  void giveUpCurrent() {
    current = null;
  }

  /** No line follows: a command whose lines came goes with the others. */
  void complete() {
    finishCommand();
    if (!entries.isEmpty() || fetchFault) {
      cut(failure);
    }
  }

  CommandCounter commands() {
    return counter;
  }

  /** What was consumed, in order. Empty if nothing was. */
  List<Slice> slices() {
    return slices;
  }

  /** Readings that no command asked for: what the write itself made the SMMU read. */
  List<SteFetch> readingsOfWrite() {
    return slices.isEmpty() ? List.copyOf(fetches.values()) : List.of();
  }

  /** The host gave a device a StreamID. */
  void device(TraceLine.HostCall call, String address) {
    devices.add(new NewDevice(call, address));
  }

  List<NewDevice> devices() {
    return devices;
  }

  void call(RecordedHostCall call, @Nullable Instant time) {
    calls.add(new Call(call, time));
  }

  List<Call> calls() {
    return calls;
  }
}
