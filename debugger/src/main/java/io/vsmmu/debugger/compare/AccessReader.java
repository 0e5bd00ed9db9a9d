package io.vsmmu.debugger.compare;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.DeviceAttached;
import io.vsmmu.smmu.event.DeviceDetached;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.HardwareQueueAllocated;
import io.vsmmu.smmu.event.HardwareQueueFreed;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.InputChanged;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.MemoryMapped;
import io.vsmmu.smmu.event.MemoryUnmapped;
import io.vsmmu.smmu.event.PageRequestsReported;
import io.vsmmu.smmu.event.PartImported;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.event.VmmConnected;
import io.vsmmu.smmu.event.VmmDisconnected;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuDeleted;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.event.VsmmuPaused;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.event.VsmmuResumed;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.RegisterAccess;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes accesses of the events of one log, and assigns to each what followed from it. An access is
 * released {@link CompareLimits#OUTCOME_EVENTS} events later, when its outcome is known. What VMM
 * and operators do apart from the guest (connections, shared memory, pauses) is no access. Not
 * thread-safe.
 */
final class AccessReader {

  private final boolean recording;
  private final KnownBits known = new KnownBits();
  private final DurationCounts completions = new DurationCounts();
  private final Map<Register, Long> reads = new EnumMap<>(Register.class);
  private final Deque<Access> held = new ArrayDeque<>();

  /** The decision that is read: its stimulus event, and what follows from that. */
  private @Nullable StimulusEvent stimulus;

  private final List<VsmmuEvent> consequences = new ArrayList<>();
  private long position;
  private long sequence;
  private long timeMicros;

  /** Whether the decision is the outcome of a restart of the service. */
  private boolean ofRestart;

  private long lastSequence = -1;
  private long releasedUpTo = -1;
  private @Nullable Access newest;

  /** The last command of a slice of a recording whose completion the guest has not read. */
  private @Nullable Access awaited;

  private long awaitedCons;

  /**
   * @param recording whether the log is imported from a trace: then the time of a completion is
   *     that of the guest's read of CMDQ_CONS, because the host of an import has no time
   */
  AccessReader(boolean recording) {
    this.recording = recording;
  }

  /** Bits of commands that are known in all events so far. */
  KnownBits known() {
    return known;
  }

  /** Durations from doorbells to completions. */
  DurationCounts completions() {
    return completions;
  }

  /** How often each register was read, as far as the log contains reads. */
  Map<Register, Long> reads() {
    return reads;
  }

  /** Takes the next event of the log. */
  void accept(LogEvent event) {
    lastSequence = event.sequence();
    if (event.event() instanceof StimulusEvent next) {
      conclude();
      stimulus = next;
      position = event.position();
      sequence = event.sequence();
      timeMicros = event.stored().timeMicros();
      ofRestart = event.ofRestart();
    } else {
      consequences.add(event.event());
    }
  }

  /** The log ends. */
  void finish() {
    conclude();
    lastSequence = Long.MAX_VALUE - CompareLimits.OUTCOME_EVENTS;
  }

  /** Hands over the accesses whose outcome is known, in order. */
  void release(List<Access> into) {
    while (!held.isEmpty()
        && held.getFirst().sequence() + CompareLimits.OUTCOME_EVENTS <= lastSequence) {
      Access access = held.removeFirst();
      releasedUpTo = access.sequence();
      into.add(access);
    }
    if (newest != null && newest.sequence() <= releasedUpTo) {
      newest = null;
    }
    if (awaited != null && awaited.sequence() <= releasedUpTo) {
      awaited = null;
    }
  }

  private void conclude() {
    StimulusEvent event = stimulus;
    if (event != null) {
      take(event);
    }
    stimulus = null;
    consequences.clear();
  }

  private void take(StimulusEvent event) {
    switch (event) {
      case VsmmuCreated _ -> add(Access.Kind.CREATED, event);
      case VsmmuReset _ -> add(Access.Kind.RESET, event);
      case DeviceAttached _ -> add(Access.Kind.ATTACH, event);
      case DeviceDetached _ -> add(Access.Kind.DETACH, event);
      case RegisterWritten write -> {
        // The commands behind a doorbell are the accesses.
        if (write.offset() != Register.CMDQ_PROD.offset()) {
          add(Access.Kind.WRITE, event);
        }
      }
      case GlobalErrorRaised _ -> add(Access.Kind.ABORTED_WRITE, event);
      case HardwareQueueAllocated _, HardwareQueueFreed _ -> add(Access.Kind.HARDWARE_QUEUE, event);
      case CommandsConsumed slice -> commands(slice);
      case FaultsReported faults -> parts(Access.Kind.FAULT, event, faults.records().size());
      case PageRequestsReported requests ->
          parts(Access.Kind.PAGE_REQUEST, event, requests.records().size());
      case HostOutcomeReported outcome -> outcome(outcome);
      case RegisterReadsObserved observed -> observed.reads().forEach(this::read);
      case HostCallsObserved observed -> {
        Access last = newest;
        if (last != null) {
          observed.calls().stream().filter(RecordedHostCall::failed).forEach(last::add);
        }
      }
      case VsmmuDeleted _,
          VsmmuPaused _,
          VsmmuResumed _,
          VmmConnected _,
          VmmDisconnected _,
          MemoryMapped _,
          MemoryUnmapped _,
          TranslationObserved _,
          LinesKept _,
          InputChanged _,
          PartImported _,
          RecordingFinished _ -> {}
    }
  }

  private void add(Access.Kind kind, StimulusEvent event) {
    parts(kind, event, 1);
    Access added = newest;
    if (added != null) {
      follow(added, List.of(added));
    }
  }

  private void parts(Access.Kind kind, StimulusEvent event, int parts) {
    for (int i = 0; i < parts; i++) {
      Access access = new Access(kind, position, sequence, timeMicros, event, i);
      held.addLast(access);
      newest = access;
    }
  }

  /** The commands that were consumed, and the one at which the queue stopped. */
  private void commands(CommandsConsumed slice) {
    boolean stopped = consequences.stream().anyMatch(CommandQueueFailed.class::isInstance);
    int parts = Math.min(slice.entries().size(), slice.consumed() + (stopped ? 1 : 0));
    List<Access> added = new ArrayList<>(parts);
    for (int i = 0; i < parts; i++) {
      Access access = new Access(Access.Kind.COMMAND, position, sequence, timeMicros, slice, i);
      known.learn(access.command(), access.known());
      held.addLast(access);
      added.add(access);
    }
    if (added.isEmpty()) {
      return;
    }
    newest = added.getLast();
    follow(added.getFirst(), added);
    if (recording) {
      awaited = newest;
      awaitedCons = TableFields.RD.get(slice.fetched());
    }
  }

  /**
   * Assigns the consequences of a decision to its accesses.
   *
   * @param rest takes what names no entry
   */
  private void follow(Access rest, List<Access> accesses) {
    for (VsmmuEvent consequence : consequences) {
      switch (consequence) {
        case StreamConfigured stream -> at(accesses, stream.entry()).orElse(rest).add(stream);
        case CommandQueueFailed failed -> at(accesses, failed.entry()).orElse(rest).failed(failed);
        default -> {}
      }
    }
  }

  private static Optional<Access> at(List<Access> accesses, int entry) {
    return entry >= 0 && entry < accesses.size()
        ? Optional.of(accesses.get(entry))
        : Optional.empty();
  }

  /**
   * Assigns the answers of the host. What the service did to have its host objects again after a
   * restart belongs to no access; the invalidations of a slice that waited for the host do, though
   * not the time until they were issued again.
   */
  private void outcome(HostOutcomeReported outcome) {
    List<Access> accesses = of(outcome.decision());
    if (accesses.isEmpty() || (ofRestart && !outcome.completes())) {
      return;
    }
    Access last = accesses.getLast();
    BitSet forwarded =
        last.event() instanceof CommandsConsumed slice ? slice.forwarded() : new BitSet();
    forwarded.stream()
        .forEach(
            entry -> at(accesses, entry).ifPresent(access -> access.invalidated(Access.NOT_TRIED)));
    for (HostOperation operation : outcome.operations()) {
      if (operation.kind() == Kind.INVALIDATE && operation.firstEntry() >= 0) {
        invalidated(accesses, forwarded, operation);
      } else if (!ofRestart) {
        last.add(operation);
      }
    }
    if (ofRestart) {
      consequences.removeIf(consequence -> !(consequence instanceof CommandQueueFailed));
    }
    follow(last, accesses);
    if (outcome.completes() && !recording && !ofRestart) {
      last.completed(timeMicros);
      completions.add(timeMicros - last.timeMicros());
    }
  }

  /** The accesses of a decision, in order; empty if they are released already. */
  private List<Access> of(long decision) {
    List<Access> accesses = new ArrayList<>();
    Iterator<Access> newestFirst = held.descendingIterator();
    while (newestFirst.hasNext()) {
      Access access = newestFirst.next();
      if (access.sequence() < decision) {
        break;
      }
      if (access.sequence() == decision) {
        accesses.add(access);
      }
    }
    return accesses.reversed();
  }

  /**
   * Assigns the outcome of one batch. A batch that failed without naming an entry was issued again,
   * in parts, whose outcomes follow.
   */
  private static void invalidated(List<Access> accesses, BitSet forwarded, HostOperation batch) {
    if (!batch.succeeded()) {
      at(accesses, batch.failedEntry()).ifPresent(access -> access.invalidated(batch.errno()));
      return;
    }
    int entry = forwarded.nextSetBit(batch.firstEntry());
    for (int i = 0; i < batch.entries() && entry >= 0; i++) {
      at(accesses, entry).ifPresent(access -> access.invalidated(0));
      entry = forwarded.nextSetBit(entry + 1);
    }
  }

  private void read(RegisterRead read) {
    Optional<RegisterAccess> at = Register.at(read.offset(), read.width());
    if (at.isEmpty()) {
      return;
    }
    Register register = at.get().register();
    reads.merge(register, 1L, Long::sum);
    Access last = newest;
    if (last != null) {
      last.read(register, at.get().merge(0, read.value()));
    }
    Access slice = awaited;
    if (slice != null
        && register == Register.CMDQ_CONS
        && TableFields.RD.get(read.value()) == awaitedCons) {
      slice.completed(timeMicros);
      completions.add(timeMicros - slice.timeMicros());
      awaited = null;
    }
  }
}
