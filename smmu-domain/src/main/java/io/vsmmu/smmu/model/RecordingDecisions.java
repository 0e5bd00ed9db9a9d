package io.vsmmu.smmu.model;

import io.vsmmu.smmu.event.RegisterReadsObserved;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.TranslationObserved;
import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.Stimulus;

/** Decides on what only a recording of another SMMU contains. */
final class RecordingDecisions {

  private RecordingDecisions() {}

  static Decision observeReads(VsmmuState state, Stimulus.ObserveReads observe) {
    int differing = 0;
    for (RegisterRead read : observe.reads()) {
      differing += state.read(read.offset(), read.width()) == read.value() ? 0 : 1;
    }
    return Draft.single(state, new RegisterReadsObserved(observe.reads(), differing));
  }

  static Decision observeTranslation(VsmmuState state, Stimulus.ObserveTranslation observed) {
    Draft draft = new Draft(state);
    int streamId = observed.streamId();
    draft.emit(
        new TranslationObserved(
            streamId, observed.stage(), observed.iova(), observed.translated()));
    boolean unknown =
        state.stream(streamId).map(s -> s.configuration() == StreamBehaviour.UNKNOWN).orElse(true);
    boolean kept = state.stream(streamId).isPresent() || state.streams().size() < Limits.STREAMS;
    boolean stage1 = observed.stage() == 1 && state.enabled();
    if (unknown && kept && stage1 && state.device(streamId).isEmpty()) {
      StreamPlacement.observed(draft, streamId);
    }
    return draft.accepted();
  }
}
