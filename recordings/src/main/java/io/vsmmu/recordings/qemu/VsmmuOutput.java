package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.Properties;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the stimuli of one vSMMU to the sink: creates it first, batches observations, and keeps the
 * order of the recording.
 */
final class VsmmuOutput {

  private final RecordingSink sink;
  private final IntSupplier indexes;
  private final Clock clock;
  private final Tally tally;
  private Supplier<IdRegisters> ids = () -> IdRegisters.DEFAULT;

  private int index = -1;
  private long stimuli;
  private long hostCalls;
  private long translations;

  private List<RegisterRead> reads = new ArrayList<>();
  private List<OpenAccess.Call> callsBefore = new ArrayList<>();
  private List<OpenAccess.Call> calls = new ArrayList<>();
  private List<String> kept = new ArrayList<>();
  private long keptFrom;
  private boolean keptUnattributed;
  private final List<Stimulus.KeepLines> keptBefore = new ArrayList<>();
  private int keptLinesBefore;

  /** The line that is being handed on. */
  static final class Clock {
    private long line;
    private @Nullable Instant time;

    /**
     * @param number 1-based number of the line
     * @param printed when it was printed
     */
    void at(long number, @Nullable Instant printed) {
      line = number;
      time = printed;
    }

    @Nullable Instant time() {
      return time;
    }
  }

  VsmmuOutput(RecordingSink sink, IntSupplier indexes, Clock clock, Tally tally) {
    this.sink = sink;
    this.indexes = indexes;
    this.clock = clock;
    this.tally = tally;
  }

  void identifiedBy(Supplier<IdRegisters> registers) {
    ids = registers;
  }

  boolean created() {
    return index >= 0;
  }

  /** A register read. Reads of ID registers before the first other stimulus tell the identity. */
  void read(RegisterRead read) {
    separateCalls();
    reads.add(read);
    if (reads.size() == Limits.OBSERVATIONS) {
      create();
      flushReads();
    }
  }

  /** The host calls so far have nothing to do with what comes now. */
  void separateCalls() {
    if (created()) {
      flushCalls();
    } else {
      callsBefore.addAll(calls);
      calls.clear();
    }
  }

  /** The reads not handed on yet; they are forgotten here. */
  List<RegisterRead> takeReads() {
    List<RegisterRead> taken = reads;
    reads = new ArrayList<>();
    return taken;
  }

  /** Whether there is something that waits for the creation. */
  boolean holdsSomething() {
    return !reads.isEmpty() || !calls.isEmpty() || !callsBefore.isEmpty();
  }

  /** A host call outside any access. One directly before a register write belongs to that. */
  void call(RecordedHostCall call, @Nullable Instant time) {
    hostCalls++;
    calls.add(new OpenAccess.Call(call, time));
    if (calls.size() + callsBefore.size() >= Limits.OBSERVATIONS) {
      create();
      flushReads();
      flushCalls();
    }
  }

  void translation() {
    translations++;
  }

  void keep(long line, String text, boolean unattributed) {
    if (!kept.isEmpty()
        && (line != keptFrom + kept.size()
            || kept.size() == Limits.KEPT_LINES
            || unattributed != keptUnattributed)) {
      flushKept();
    }
    if (kept.isEmpty()) {
      keptFrom = line;
      keptUnattributed = unattributed;
    }
    kept.add(text);
  }

  /** A stimulus that the host calls before it have nothing to do with. */
  void emit(Stimulus stimulus) {
    create();
    flushReads();
    flushCalls();
    flushKept();
    send(stimulus);
  }

  /** An access: the host calls directly before its line are its own, like {@code caused}. */
  void access(List<Stimulus> stimuliOfAccess, List<OpenAccess.Call> caused) {
    create();
    flushReads();
    flushKept();
    stimuliOfAccess.forEach(this::send);
    hostCalls += caused.size();
    calls.addAll(caused);
    flushCalls();
  }

  void finish(boolean complete, String reason) {
    emit(new Stimulus.FinishRecording(complete, reason));
  }

  ImportReport.VsmmuSummary summary(CommandCounter commands, long resets) {
    return new ImportReport.VsmmuSummary(
        index, commands.all(), commands.byName(), hostCalls, translations, resets, stimuli);
  }

  private void create() {
    if (created()) {
      return;
    }
    index = indexes.getAsInt();
    OpenAccess.Call first = callsBefore.isEmpty() ? null : callsBefore.getFirst();
    Instant now = clock.time;
    long nowLine = clock.line;
    if (first != null) {
      clock.at(first.call().line(), first.time());
    }
    send(
        new Stimulus.Create(
            Origin.QEMU_TRACE, Durability.COMMITTED, Properties.ALL_AUTO, ids.get()));
    keptBefore.forEach(this::send);
    keptBefore.clear();
    clock.at(nowLine, now);
    sendCalls(callsBefore);
    callsBefore = new ArrayList<>();
  }

  private void flushReads() {
    if (!reads.isEmpty()) {
      send(new Stimulus.ObserveReads(takeReads()));
    }
  }

  private void flushCalls() {
    if (!calls.isEmpty()) {
      flushReads();
      List<OpenAccess.Call> taken = calls;
      calls = new ArrayList<>();
      sendCalls(taken);
    }
  }

  /** Each event has the time of its first call. */
  private void sendCalls(List<OpenAccess.Call> all) {
    Instant now = clock.time;
    long nowLine = clock.line;
    int from = 0;
    for (int to = 1; to <= all.size(); to++) {
      if (to == all.size() || to - from == Limits.OBSERVATIONS || apart(all, from, to)) {
        clock.at(all.get(to - 1).call().line(), all.get(from).time());
        send(
            new Stimulus.ObserveHostCalls(
                all.subList(from, to).stream().map(OpenAccess.Call::call).toList()));
        from = to;
      }
    }
    clock.at(nowLine, now);
  }

  private static boolean apart(List<OpenAccess.Call> all, int one, int other) {
    Instant first = all.get(one).time();
    Instant second = all.get(other).time();
    return first != null
        && second != null
        && ChronoUnit.MICROS.between(first, second) > TraceLimits.CALLS_OF_ONE_EVENT_MICROS;
  }

  /** Lines before the creation are held, within a bound; after it they go out. */
  private void flushKept() {
    if (kept.isEmpty()) {
      return;
    }
    Stimulus.KeepLines batch = new Stimulus.KeepLines(keptFrom, kept, keptUnattributed);
    kept = new ArrayList<>();
    if (created()) {
      send(batch);
    } else if (keptLinesBefore + batch.lines().size() <= TraceLimits.HELD_LINES) {
      keptLinesBefore += batch.lines().size();
      keptBefore.add(batch);
    } else {
      tally.warn("text before the first access not kept: too many lines", batch.firstLine());
    }
  }

  private void send(Stimulus stimulus) {
    stimuli++;
    sink.accept(index, stimulus, clock.line, clock.time);
  }
}
