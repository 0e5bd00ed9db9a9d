package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/** Registers have their reset values again, queues are empty, and GBPA applies to all streams. */
public record VsmmuReset(Stimulus.ResetSource source) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.Reset(source);
  }
}
