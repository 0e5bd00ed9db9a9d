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
  private @Nullable Instant keptTime;
  private boolean keptUnattributed;

  /** Text that goes out before the first stimulus of a later line, by its first line. */
  private final SortedMap<Long, Held> keptBefore = new TreeMap<>();

  private int keptLinesBefore;

  private final List<Held> held = new ArrayList<>();
  private boolean holding;
  private boolean released;

  /** A stimulus that was not handed on yet. */
  private record Held(Stimulus stimulus, long line, @Nullable Instant time) {}

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

  /** The reads so far have nothing to do with what comes now. */
  void separateReads() {
    if (created()) {
      flushReads();
    }
  }

  /** What has happened before the reads that were not handed on yet. */
  void before(Stimulus stimulus) {
    List<RegisterRead> later = takeReads();
    emit(stimulus);
    reads = later;
  }

  /** Number of the line that is being handed on. */
  long line() {
    return clock.line;
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

  /**
   * Host calls from before what comes now wait for it to be known whose they are. A log's times
   * never go back, so what comes waits for them too, at most {@link TraceLimits#HELD_STIMULI}.
   */
  void hold() {
    holding = !released;
  }

  /** Nothing has to wait any more. */
  void release() {
    if (created()) {
      flushKept();
    }
    holding = false;
    released = true;
    held.forEach(h -> sink.accept(index, h.stimulus(), h.line(), h.time()));
    held.clear();
  }

  /** A host call outside any access. One directly before a register write belongs to that. */
  void call(RecordedHostCall call, @Nullable Instant time) {
    hostCalls++;
    if (!held.isEmpty() && call.line() < held.getLast().line()) {
      lateCall(call, time);
      return;
    }
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

  /** Where among what is held something of an earlier line stands; the creation comes first. */
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

  /** A stimulus that the host calls before it have nothing to do with. */
  void emit(Stimulus stimulus) {
    create();
    flushReads();
    flushCalls();
    send(stimulus);
  }

  /** An access: the host calls directly before its line are its own, like {@code caused}. */
  void access(List<Stimulus> stimuliOfAccess, List<OpenAccess.Call> caused) {
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
    List<OpenAccess.Call> before = callsBefore;
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
    return apart(all.get(one).time(), all.get(other).time());
  }

  private static boolean apart(@Nullable Instant first, @Nullable Instant second) {
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
      tally.warn("text before the first access not kept: too many lines", batch.firstLine());
    }
  }

  /** Hands on the kept text of lines before {@code line}. */
  private void sendKept(long line) {
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
    handOn(new Held(stimulus, clock.line, clock.time));
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
