package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.model.Limits;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands the stimuli of one vSMMU to the sink in the order of the recording: {@link Stimulus.Create}
 * first, register reads and host calls batched, and stimuli that wait for the attribution of an
 * earlier host call held until it is known.
 */
final class StimulusSequencer {

  private final RecordingSink sink;
  private final IntSupplier indexes;
  private final Clock clock;
  private final ImportStatistics statistics;
  private Supplier<IdRegisters> ids = () -> IdRegisters.DEFAULT;

  private int index = -1;
  private long stimuli;
  private long hostCalls;
  private long translations;

  private List<RegisterRead> reads = new ArrayList<>();
  private List<AccessEffects.TimedCall> callsBefore = new ArrayList<>();
  private List<AccessEffects.TimedCall> calls = new ArrayList<>();
  private List<String> kept = new ArrayList<>();
  private long keptFrom;
  private @Nullable Instant keptTime;
  private boolean keptUnattributed;

  /**
   * Kept text that precedes the first stimulus of a later line, by the number of its first line.
   */
  private final SortedMap<Long, Held> keptBefore = new TreeMap<>();

  private int keptLinesBefore;

  private final List<Held> held = new ArrayList<>();
  private boolean holding;
  private boolean released;

  /** A stimulus that the sink has not received yet. */
  private record Held(Stimulus stimulus, long line, @Nullable Instant time) {}

  /** The line that stimuli are currently made of, with its time. */
  static final class Clock {
    private long line;
    private @Nullable Instant time;

    /**
     * @param number 1-based number of the line
     * @param printed when it was printed; null if the line has no time
     */
    void at(long number, @Nullable Instant printed) {
      line = number;
      time = printed;
    }

    @Nullable Instant time() {
      return time;
    }
  }

  StimulusSequencer(
      RecordingSink sink, IntSupplier indexes, Clock clock, ImportStatistics statistics) {
    this.sink = sink;
    this.indexes = indexes;
    this.clock = clock;
    this.statistics = statistics;
  }

  void identifiedBy(Supplier<IdRegisters> registers) {
    ids = registers;
  }

  boolean created() {
    return index >= 0;
  }

  /**
   * A register read. The values of ID registers that are read before the first other stimulus
   * become those of the created vSMMU.
   */
  void read(RegisterRead read) {
    separateCalls();
    reads.add(read);
    if (reads.size() == Limits.OBSERVATIONS) {
      create();
      flushReads();
    }
  }

  /** The host calls so far do not belong to the stimulus that follows. */
  void separateCalls() {
    if (created()) {
      flushCalls();
    } else {
      callsBefore.addAll(calls);
      calls.clear();
    }
  }

  /** The reads so far do not belong to the stimulus that follows. */
  void separateReads() {
    if (created()) {
      flushReads();
    }
  }

  /** A stimulus that precedes the reads that are still batched. */
  void before(Stimulus stimulus) {
    List<RegisterRead> later = takeReads();
    emit(stimulus);
    reads = later;
  }

  /** Number of the line that stimuli are currently made of. */
  long line() {
    return clock.line;
  }

  /** Removes and returns the reads that are still batched. */
  List<RegisterRead> takeReads() {
    List<RegisterRead> taken = reads;
    reads = new ArrayList<>();
    return taken;
  }

  /** Whether reads or host calls wait for the vSMMU's creation. */
  boolean holdsSomething() {
    return !reads.isEmpty() || !calls.isEmpty() || !callsBefore.isEmpty();
  }

  /**
   * Holds the stimuli that follow, because earlier host calls wait for their attribution and the
   * times of a log never go back. At most {@link TraceLimits#HELD_STIMULI} are held.
   */
  void hold() {
    holding = !released;
  }

  /** Hands on the held stimuli: no earlier host call waits for its attribution any more. */
  void release() {
    if (created()) {
      flushKept();
    }
    holding = false;
    released = true;
    held.forEach(h -> sink.accept(index, h.stimulus(), h.line(), h.time()));
    held.clear();
  }

  /**
   * A host call outside any access. One directly before a register write is that write's effect.
   */
  void call(RecordedHostCall call, @Nullable Instant time) {
    hostCalls++;
    if (!held.isEmpty() && call.line() < held.getLast().line()) {
      lateCall(call, time);
      return;
    }
    calls.add(new AccessEffects.TimedCall(call, time));
    if (calls.size() + callsBefore.size() >= Limits.OBSERVATIONS) {
      create();
      flushReads();
      flushCalls();
    }
  }

  void translation() {
    translations++;
  }

  private void lateCall(RecordedHostCall call, @Nullable Instant time) {
    int at = placeOf(call.line());
    Held before = held.get(at - 1);
    if (before.stimulus() instanceof Stimulus.ObserveHostCalls same
        && same.calls().size() < Limits.OBSERVATIONS
        && same.calls().getLast().line() < call.line()
        && !apart(before.time(), time)) {
      List<RecordedHostCall> both = new ArrayList<>(same.calls());
      both.add(call);
      held.set(at - 1, new Held(new Stimulus.ObserveHostCalls(both), call.line(), before.time()));
    } else {
      insert(at, new Held(new Stimulus.ObserveHostCalls(List.of(call)), call.line(), time));
    }
  }

  /** The index in {@link #held} for a stimulus of an earlier line; the creation stays first. */
  private int placeOf(long line) {
    int at = held.size();
    while (at > 1 && held.get(at - 1).line() > line) {
      at--;
    }
    return at;
  }

  private void insert(int at, Held late) {
    Held creation = held.getFirst();
    if (creation.stimulus() instanceof Stimulus.Create && late.line() < creation.line()) {
      held.set(0, new Held(creation.stimulus(), late.line(), late.time()));
    }
    held.add(at, late);
    stimuli++;
  }

  void keep(long line, String text, @Nullable Instant time, boolean unattributed) {
    if (!kept.isEmpty()
        && (line != keptFrom + kept.size()
            || kept.size() == Limits.KEPT_LINES
            || apart(keptTime, time)
            || unattributed != keptUnattributed)) {
      flushKept();
    }
    if (kept.isEmpty()) {
      keptFrom = line;
      keptTime = time;
      keptUnattributed = unattributed;
    }
    kept.add(text);
  }

  /** A stimulus that the host calls before it do not belong to. */
  void emit(Stimulus stimulus) {
    create();
    flushReads();
    flushCalls();
    send(stimulus);
  }

  /** An access; the host calls directly before its line are its effects, like {@code caused}. */
  void access(List<Stimulus> stimuliOfAccess, List<AccessEffects.TimedCall> caused) {
    create();
    flushReads();
    stimuliOfAccess.forEach(this::send);
    hostCalls += caused.size();
    calls.addAll(caused);
    flushCalls();
  }

  void finish(boolean complete, String reason) {
    emit(new Stimulus.FinishRecording(complete, reason));
    release();
  }

  ImportReport.VsmmuStatistics summary(CommandCounter commands, long resets) {
    return new ImportReport.VsmmuStatistics(
        index, commands.all(), commands.byName(), hostCalls, translations, resets, stimuli);
  }

  private void create() {
    if (created()) {
      return;
    }
    index = indexes.getAsInt();
    AccessEffects.TimedCall first = callsBefore.isEmpty() ? null : callsBefore.getFirst();
    flushKept();
    Held firstKept = keptBefore.values().stream().findFirst().orElse(null);
    Instant now = clock.time;
    long nowLine = clock.line;
    long earliest = first == null ? nowLine : first.call().line();
    if (firstKept != null && firstKept.line() < earliest) {
      clock.at(firstKept.line(), firstKept.time());
    } else if (first != null) {
      clock.at(first.call().line(), first.time());
    }
    send(
        new Stimulus.Create(
            Origin.QEMU_TRACE, Durability.COMMITTED, VsmmuProperties.ALL_AUTO, ids.get()));
    List<AccessEffects.TimedCall> before = callsBefore;
    callsBefore = new ArrayList<>();
    clock.at(nowLine, now);
    for (Held lines : List.copyOf(keptBefore.values())) {
      int earlier = 0;
      while (earlier < before.size() && before.get(earlier).call().line() < lines.line()) {
        earlier++;
      }
      sendCalls(before.subList(0, earlier));
      before = before.subList(earlier, before.size());
    }
    sendCalls(before);
  }

  private void flushReads() {
    if (!reads.isEmpty()) {
      send(new Stimulus.ObserveReads(takeReads()));
    }
  }

  private void flushCalls() {
    if (!calls.isEmpty()) {
      flushReads();
      List<AccessEffects.TimedCall> taken = calls;
      calls = new ArrayList<>();
      sendCalls(taken);
    }
  }

  /** Sends the calls in batches; the time of a batch is that of its first call. */
  private void sendCalls(List<AccessEffects.TimedCall> all) {
    Instant now = clock.time;
    long nowLine = clock.line;
    int from = 0;
    for (int to = 1; to <= all.size(); to++) {
      if (to == all.size() || to - from == Limits.OBSERVATIONS || apart(all, from, to)) {
        clock.at(all.get(to - 1).call().line(), all.get(from).time());
        send(
            new Stimulus.ObserveHostCalls(
                all.subList(from, to).stream().map(AccessEffects.TimedCall::call).toList()));
        from = to;
      }
    }
    clock.at(nowLine, now);
  }

  private static boolean apart(List<AccessEffects.TimedCall> all, int one, int other) {
    return apart(all.get(one).time(), all.get(other).time());
  }

  private static boolean apart(@Nullable Instant first, @Nullable Instant second) {
    return first != null
        && second != null
        && ChronoUnit.MICROS.between(first, second) > TraceLimits.CALLS_OF_ONE_EVENT_MICROS;
  }

  /** Holds lines that precede the creation, up to a limit; hands later ones to the sink. */
  private void flushKept() {
    if (kept.isEmpty()) {
      return;
    }
    Stimulus.KeepLines batch = new Stimulus.KeepLines(keptFrom, kept, keptUnattributed);
    kept = new ArrayList<>();
    Held lines = new Held(batch, keptFrom, keptTime);
    if (created() && !held.isEmpty() && keptFrom < held.getLast().line()) {
      insert(placeOf(keptFrom), lines);
    } else if (created() && keptLinesBefore + batch.lines().size() > TraceLimits.HELD_LINES) {
      sendKept(Long.MAX_VALUE);
      handOn(lines);
    } else if (keptLinesBefore + batch.lines().size() <= TraceLimits.HELD_LINES) {
      keptLinesBefore += batch.lines().size();
      keptBefore.put(keptFrom, lines);
    } else {
      statistics.warn("text before the first access not kept: too many lines", batch.firstLine());
    }
  }

  /** Hands the kept text of lines before {@code line} to the sink. */
  private void sendKept(long line) {
    if (keptBefore.isEmpty()) {
      return;
    }
    SortedMap<Long, Held> earlier = keptBefore.headMap(line);
    List<Held> all = List.copyOf(earlier.values());
    earlier.clear();
    for (Held lines : all) {
      keptLinesBefore -= ((Stimulus.KeepLines) lines.stimulus()).lines().size();
      handOn(lines);
    }
  }

  private void send(Stimulus stimulus) {
    if (!(stimulus instanceof Stimulus.Create)) {
      flushKept();
      sendKept(stimulus instanceof Stimulus.FinishRecording ? Long.MAX_VALUE : clock.line);
    }
    if (holding) {
      handOn(new Held(stimulus, clock.line, clock.time));
    } else {
      stimuli++;
      sink.accept(index, stimulus, clock.line, clock.time);
    }
  }

  private void handOn(Held next) {
    stimuli++;
    if (!holding) {
      sink.accept(index, next.stimulus(), next.line(), next.time());
      return;
    }
    held.add(next);
    if (held.size() > TraceLimits.HELD_STIMULI) {
      release();
    }
  }
}
