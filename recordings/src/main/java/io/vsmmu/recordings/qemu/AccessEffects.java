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
 * What one guest access made the SMMU do: the commands that it consumed, the STEs that it read, the
 * calls to the host. QEMU prints the register access after its effects, so they are collected here
 * until its line is read.
 */
final class AccessEffects {

  /** Commands and the STEs that were read for them: one {@link Stimulus.ConsumeCommands}. */
  record Slice(
      List<CommandEntry> entries,
      List<CommandEntry> known,
      List<SteFetch> fetches,
      boolean fetchFault,
      CommandError error) {}

  /** A host call and when it was printed. */
  record TimedCall(RecordedHostCall call, @Nullable Instant time) {}

  /**
   * A vDEVICE was allocated.
   *
   * @param address PCI address of the device; empty if unknown
   */
  record AllocatedVdevice(TraceLine.HostCall call, String address) {}

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
  private final List<TimedCall> calls = new ArrayList<>();
  private final List<AllocatedVdevice> devices = new ArrayList<>();

  AccessEffects(long prod, long cons) {
    this.prod = prod;
    this.next = cons;
  }

  long prod() {
    return prod;
  }

  /** The {@link QueuePosition} of the entry to be consumed next. */
  long next() {
    return next;
  }

  /** Whether consumption has ended, so that only the line of the register write is to follow. */
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

  /** The entry at {@code cons} is being consumed; the trace lacks the lines of those skipped. */
  void consume(long cons) {
    finishCommand();
    fillTo(cons);
    next = cons;
    current = new CommandAssembly(cons);
  }

  /** The command stopped the queue with this CERROR code (IHI 0070 7.1). */
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

  /**
   * The error that stopped the queue at an entry that was read: CERROR_ABT is an aborted read of
   * the entry, so it is one of the other two.
   */
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
    Map<Integer, SteFetch> read = command.steFetches();
    boolean changed = !read.isEmpty() && changes(read);
    if (changed || entries.size() == Limits.SLICE_ENTRIES) {
      cut(CommandError.CERROR_NONE);
    }
    if (!read.isEmpty()) {
      fetches.putAll(read);
    }
    entries.add(command.entry());
    known.add(command.known());
    held++;
    counter.count(command);
  }

  private boolean changes(Map<Integer, SteFetch> read) {
    return read.entrySet().stream()
        .anyMatch(
            e -> {
              SteFetch before = fetches.get(e.getKey());
              return before != null && !before.equals(e.getValue());
            });
  }

  /**
   * Ends a slice. A slice holds one STE for each StreamID, so a second, different STE of a StreamID
   * begins another slice.
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

  /** An STE was read by no command: a register write made the SMMU read it. */
  void fetch(int streamId, SteFetch fetch) {
    fetches.put(streamId, fetch);
  }

  /** The number of commands collected so far. */
  int heldCommands() {
    return held;
  }

  /** The number of commands that name a stream whose StreamID is not in the trace. */
  int lackingStream() {
    return lackingStream;
  }

  /** Whether the last complete command was a CMD_SYNC. */
  boolean endedWithSync() {
    return syncLast;
  }

  /** Ends this part of a very long access; the next one starts at {@code cons}. */
  void pause(long cons) {
    finishCommand();
    fillTo(cons);
    next = cons;
  }

  /** Drops the last command: lines are missing, so its fields may be those of another command. */
  void discardCurrent() {
    current = null;
  }

  /** No line follows: the last command and the last slice are complete. */
  void complete() {
    finishCommand();
    if (!entries.isEmpty() || fetchFault) {
      cut(failure);
    }
  }

  CommandCounter commands() {
    return counter;
  }

  /** What was consumed, in order; empty if nothing was. */
  List<Slice> slices() {
    return slices;
  }

  /** The STEs that the register write itself made the SMMU read, without a command. */
  List<SteFetch> fetchesOfWrite() {
    return slices.isEmpty() ? List.copyOf(fetches.values()) : List.of();
  }

  /** A vDEVICE was allocated, which assigns a StreamID to a host device. */
  void device(TraceLine.HostCall call, String address) {
    devices.add(new AllocatedVdevice(call, address));
  }

  List<AllocatedVdevice> devices() {
    return devices;
  }

  void call(RecordedHostCall call, @Nullable Instant time) {
    calls.add(new TimedCall(call, time));
  }

  List<TimedCall> calls() {
    return calls;
  }
}
