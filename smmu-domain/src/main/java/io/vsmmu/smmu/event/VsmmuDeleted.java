package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/** The vSMMU was deleted; no event follows in its log. */
public record VsmmuDeleted() implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.Delete();
  }
}
