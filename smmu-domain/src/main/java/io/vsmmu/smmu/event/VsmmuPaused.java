package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/** An operator paused the vSMMU: guest accesses wait until it is resumed. */
public record VsmmuPaused() implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.Pause();
  }
}
