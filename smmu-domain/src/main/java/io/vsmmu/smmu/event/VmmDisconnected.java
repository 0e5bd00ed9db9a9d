package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * No VMM is connected; what it had shared is gone.
 *
 * @param reason for people, at most {@link io.vsmmu.smmu.model.Limits#REASON_CHARS} characters
 */
public record VmmDisconnected(String reason) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.DisconnectVmm(reason);
  }
}
