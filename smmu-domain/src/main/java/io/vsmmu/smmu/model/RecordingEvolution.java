package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.LinesKept;
import io.vsmmu.smmu.event.RecordingFinished;
import io.vsmmu.smmu.event.RegisterReadsObserved;

/** The state after what only a recording of another SMMU contains. */
final class RecordingEvolution {

  private RecordingEvolution() {}

  static void reads(StateEdit edit, RegisterReadsObserved observed) {
    edit.observations = edit.observations.plusReads(observed.reads().size(), observed.differing());
  }

  static void hostCalls(StateEdit edit, HostCallsObserved observed) {
    long invalidations = observed.calls().stream().filter(call -> call.entries() > 0).count();
    edit.observations = edit.observations.plusHostCalls(observed.calls().size(), invalidations);
  }

  static void linesKept(StateEdit edit, LinesKept kept) {
    edit.observations = edit.observations.plusKeptLines(kept.lines().size());
  }

  static void finished(StateEdit edit, RecordingFinished finished) {
    if (!finished.complete()) {
      edit.health = edit.health.worsened(Health.Status.PARTIAL, finished.reason());
    }
  }
}
