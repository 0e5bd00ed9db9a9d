package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/** All registers are back at their reset values, queues are empty, streams follow GBPA. */
public record VsmmuReset(Stimulus.ResetSource source) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.Reset(source);
  }
}
