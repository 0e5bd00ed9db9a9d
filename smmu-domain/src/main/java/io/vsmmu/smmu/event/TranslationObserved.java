package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/** The recorded VMM translated a transaction of a stream itself. */
public record TranslationObserved(int streamId, int stage, long iova, long translated)
    implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ObserveTranslation(streamId, stage, iova, translated);
  }
}
