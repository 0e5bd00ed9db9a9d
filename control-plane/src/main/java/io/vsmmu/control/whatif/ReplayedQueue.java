package io.vsmmu.control.whatif;

import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.VsmmuReset;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import io.vsmmu.smmu.stimulus.RecordedConsumption;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command queue of a replay with a changed input, beside the recorded one. The two indexes go
 * apart: commands that are left out were never put into this queue, so that its indexes are smaller
 * by their number; where this queue stopped, it has commands that the recorded SMMU consumed; and
 * where the recorded one stopped, this one may be ahead. Not thread-safe.
 *
 * <p>Table of what a recorded slice becomes, by the entry at which this queue continues:
 *
 * <table>
 * <tr><td>the slice's first entry</td><td>the slice</td></tr>
 * <tr><td>a later one</td><td>the rest of the slice, or nothing: it was consumed already</td></tr>
 * <tr><td>an earlier one</td><td>the entries that were not consumed, and then the slice</td></tr>
 * </table>
 */
final class ReplayedQueue {

  /** Whether what the recorded SMMU did with its commands is followed where this one differs. */
  private final boolean followsRecording;

  /** Commands that were left out since the guest set up its queue. */
  private int missing;

  /** Commands that were offered and not consumed, at most a whole queue of them. */
  private final List<Waiting> waiting = new ArrayList<>();

  /** STEs that the commands in {@link #waiting} make the SMMU read, the newest of each stream. */
  private final Map<Integer, SteFetch> fetches = new LinkedHashMap<>();

  private record Waiting(CommandEntry entry, CommandEntry known) {}

  private static final CommandEntry ALL_BITS = new CommandEntry(-1L, -1L);

  /**
   * @param followsRecording false where other properties may give commands another verdict
   */
  ReplayedQueue(boolean followsRecording) {
    this.followsRecording = followsRecording;
  }

  /** The guest does not put these commands into the queue. */
  void leaveOut(CommandsConsumed slice) {
    missing += slice.consumed();
  }

  /**
   * The stimulus of this replay in place of a recorded one.
   *
   * @param state of this replay
   * @param then the state of the recorded log before the event
   * @return empty if the commands were consumed already
   */
  Optional<Stimulus> translated(StimulusEvent recorded, VsmmuState state, VsmmuState then) {
    return switch (recorded) {
      case CommandsConsumed slice -> commands(slice, state, then);
      case RegisterWritten write -> Optional.of(write(write, state));
      case RegisterReadsObserved observed -> Optional.of(reads(observed, state));
      case VsmmuReset reset -> {
        restart();
        yield Optional.of(reset.stimulus());
      }
      default -> Optional.of(recorded.stimulus());
    };
  }

  private void restart() {
    missing = 0;
    waiting.clear();
    fetches.clear();
  }

  /** A write of an index while the queue is disabled sets the queue up anew (IHI 0070, 6.3.27). */
  private Stimulus write(RegisterWritten write, VsmmuState state) {
    boolean index =
        write.offset() == Register.CMDQ_PROD.offset()
            || write.offset() == Register.CMDQ_CONS.offset()
            || write.offset() == Register.CMDQ_BASE.offset();
    if (!index) {
      return write.stimulus();
    }
    if (!state.commandQueueEnabled()) {
      restart();
      return write.stimulus();
    }
    return write.offset() == Register.CMDQ_PROD.offset()
        ? new Stimulus.WriteRegister(
            write.offset(), write.width(), less(write.value(), state), write.fetches())
        : write.stimulus();
  }

  /** What the guest read of CMDQ_CONS, which tells it that its commands are consumed. */
  private Stimulus reads(RegisterReadsObserved observed, VsmmuState state) {
    return new Stimulus.ObserveReads(
        observed.reads().stream()
            .map(
                read ->
                    read.offset() == Register.CMDQ_CONS.offset()
                        ? new RegisterRead(
                            read.offset(),
                            read.width(),
                            TableFields.RD.set(
                                read.value(), less(TableFields.RD.get(read.value()), state)))
                        : read)
            .toList());
  }

  private long less(long index, VsmmuState state) {
    return missing == 0
        ? index
        : QueuePointer.normalise((int) index - missing, state.commandQueueLog2Size()).value();
  }

  private Optional<Stimulus> commands(CommandsConsumed slice, VsmmuState state, VsmmuState then) {
    int log2Size = state.commandQueueLog2Size();
    QueuePointer first = QueuePointer.normalise((int) slice.from() - missing, log2Size);
    QueuePointer here = QueuePointer.normalise((int) state.commandQueue().fetched(), log2Size);
    int ahead = here.distanceFrom(first);
    int behind = first.distanceFrom(here);
    List<Waiting> all = entries(slice);
    slice.fetches().forEach(fetch -> fetches.put(fetch.streamId(), fetch));
    if (state.commandQueueStopped()) {
      // The SMMU consumes nothing, and the commands stay in the queue.
      if (behind == 0) {
        waiting.clear();
      }
      all.stream().limit((1L << log2Size) - waiting.size()).forEach(waiting::add);
      return Optional.of(consume(slice, state, List.of(), false));
    }
    if (behind > 0 && behind <= waiting.size()) {
      List<Waiting> offered = new ArrayList<>(waiting.subList(0, behind));
      offered.addAll(all);
      return Optional.of(consume(slice, state, offered, false));
    }
    if (behind > 0 && ahead <= first.size()) {
      return ahead >= all.size() && !all.isEmpty()
          ? Optional.empty()
          : Optional.of(
              consume(slice, state, all.subList(Math.min(ahead, all.size()), all.size()), false));
    }
    rangesReadAgain(slice, state, then);
    return Optional.of(consume(slice, state, all, followsRecording));
  }

  /**
   * Gives the commands of ranges the STEs that they make the SMMU read. A slice records those that
   * changed a stream; where the streams of this replay differ from the recorded ones, others change
   * it too, and they are what the recorded state has.
   */
  private void rangesReadAgain(CommandsConsumed slice, VsmmuState state, VsmmuState then) {
    boolean range =
        slice.entries().stream()
            .anyMatch(entry -> entry.opcode() == CommandOpcode.CFGI_STE_RANGE.code());
    if (!range) {
      return;
    }
    for (StreamState stream : state.streams().values()) {
      then.stream(stream.streamId())
          .filter(
              recorded ->
                  !recorded.ste().equals(stream.ste()) || recorded.fault() != stream.fault())
          .flatMap(ReplayedQueue::fetchOf)
          .ifPresent(fetch -> fetches.putIfAbsent(stream.streamId(), fetch));
    }
  }

  /** The fetch that configured a recorded stream; empty if the log does not contain one. */
  private static Optional<SteFetch> fetchOf(StreamState recorded) {
    int sid = recorded.streamId();
    return switch (recorded.unknownSte().orElse(null)) {
      case null ->
          Optional.of(
              new SteFetch(sid, SteFetch.Outcome.READ, recorded.ste(), recorded.completeness()));
      case OUT_OF_TABLE -> Optional.of(SteFetch.failed(sid, SteFetch.Outcome.OUT_OF_TABLE));
      case FETCH_FAULT -> Optional.of(SteFetch.failed(sid, SteFetch.Outcome.FETCH_FAULT));
      case NOT_READ, NOT_RECORDED -> Optional.empty();
    };
  }

  private ConsumeCommands consume(
      CommandsConsumed slice, VsmmuState state, List<Waiting> offered, boolean follows) {
    return new ConsumeCommands(
        less(slice.prod(), state),
        offered.stream().map(Waiting::entry).toList(),
        offered.stream().allMatch(it -> it.known().equals(ALL_BITS))
            ? List.of()
            : offered.stream().map(Waiting::known).toList(),
        List.copyOf(fetches.values()),
        slice.fetchFault(),
        follows ? slice.recorded().map(recorded -> moved(recorded, state)) : Optional.empty());
  }

  private RecordedConsumption moved(RecordedConsumption recorded, VsmmuState state) {
    return recorded.from() == RecordedConsumption.GOES_ON
        ? recorded
        : new RecordedConsumption(less(recorded.from(), state), recorded.error());
  }

  private static List<Waiting> entries(CommandsConsumed slice) {
    List<Waiting> entries = new ArrayList<>();
    for (int i = 0; i < slice.entries().size(); i++) {
      entries.add(
          new Waiting(
              slice.entries().get(i), i < slice.known().size() ? slice.known().get(i) : ALL_BITS));
    }
    return entries;
  }

  /**
   * Remembers which of the commands of a stimulus were not consumed.
   *
   * @param before the state before the stimulus
   * @param after the state after it, and after the outcome of the host
   */
  void submitted(Stimulus stimulus, VsmmuState before, VsmmuState after) {
    if (!(stimulus instanceof ConsumeCommands slice) || slice.entries().isEmpty()) {
      return;
    }
    int log2Size = after.commandQueueLog2Size();
    int consumed =
        QueuePointer.normalise((int) position(after), log2Size)
            .distanceFrom(QueuePointer.normalise((int) position(before), log2Size));
    waiting.clear();
    int most = Math.min(slice.entries().size(), 1 << log2Size);
    for (int i = Math.min(consumed, most); i < most; i++) {
      waiting.add(
          new Waiting(
              slice.entries().get(i), slice.known().isEmpty() ? ALL_BITS : slice.known().get(i)));
    }
    if (waiting.isEmpty()) {
      fetches.clear();
    }
  }

  private static long position(VsmmuState state) {
    return state.commandQueue().fetched();
  }
}
