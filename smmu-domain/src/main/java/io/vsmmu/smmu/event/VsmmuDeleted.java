package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/** The last event of a vSMMU. */
public record VsmmuDeleted() implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.Delete();
  }
}
