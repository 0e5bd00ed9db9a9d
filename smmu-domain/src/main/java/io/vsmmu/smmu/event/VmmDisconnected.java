package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * The VMM disconnected; the memory that it had shared is not shared any more.
 *
 * @param reason for operators, at most {@link io.vsmmu.smmu.model.Limits#REASON_CHARS} characters
 */
public record VmmDisconnected(String reason) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.DisconnectVmm(reason);
  }
}
