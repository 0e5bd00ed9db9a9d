package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/** Guest accesses are held. */
public record VsmmuPaused() implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.Pause();
  }
}
