package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/** An operator resumed the vSMMU: guest accesses that waited are decided. */
public record VsmmuResumed() implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.Resume();
  }
}
