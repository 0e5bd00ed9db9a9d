package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/** Guest accesses continue. */
public record VsmmuResumed() implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.Resume();
  }
}
