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
  private List<RecordedHostCall> callsBefore = new ArrayList<>();
  private List<RecordedHostCall> calls = new ArrayList<>();
  private List<String> kept = new ArrayList<>();
  private long keptFrom;
  private final List<Stimulus.KeepLines> keptBefore = new ArrayList<>();
  private int keptLinesBefore;

  /** Tells which line is being read. */
  interface Clock {
    /** 1-based number of the line. */
    long line();

    /** When it was printed. */
    @Nullable Instant time();
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

  /** A host call outside any access. One directly before a register write belongs to that. */
  void call(RecordedHostCall call) {
    hostCalls++;
    calls.add(call);
    if (calls.size() + callsBefore.size() >= Limits.OBSERVATIONS) {
      create();
      flushReads();
      flushCalls();
    }
  }

  void translation() {
    translations++;
  }

  void keep(long line, String text) {
    if (!kept.isEmpty() && (line != keptFrom + kept.size() || kept.size() == Limits.KEPT_LINES)) {
      flushKept();
    }
    if (kept.isEmpty()) {
      keptFrom = line;
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
  void access(List<Stimulus> stimuliOfAccess, List<RecordedHostCall> caused) {
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

  ImportReport.VsmmuSummary summary(CommandCounter commands) {
    return new ImportReport.VsmmuSummary(
        index, commands.all(), commands.byName(), hostCalls, translations, stimuli);
  }

  int index() {
    return index;
  }

  private void create() {
    if (created()) {
      return;
    }
    index = indexes.getAsInt();
    send(
        new Stimulus.Create(
            Origin.QEMU_TRACE, Durability.COMMITTED, Properties.ALL_AUTO, ids.get()));
    keptBefore.forEach(this::send);
    keptBefore.clear();
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
      List<RecordedHostCall> taken = calls;
      calls = new ArrayList<>();
      sendCalls(taken);
    }
  }

  private void sendCalls(List<RecordedHostCall> all) {
    for (int from = 0; from < all.size(); from += Limits.OBSERVATIONS) {
      int to = Math.min(all.size(), from + Limits.OBSERVATIONS);
      send(new Stimulus.ObserveHostCalls(all.subList(from, to)));
    }
  }

  /** Lines before the creation are held, within a bound; after it they go out. */
  private void flushKept() {
    if (kept.isEmpty()) {
      return;
    }
    Stimulus.KeepLines batch = new Stimulus.KeepLines(keptFrom, kept);
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
    sink.accept(index, stimulus, clock.line(), clock.time());
  }
}
