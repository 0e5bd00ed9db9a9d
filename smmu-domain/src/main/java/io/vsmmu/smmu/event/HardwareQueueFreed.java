package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * An operator took a hardware queue away.
 *
 * @param index which of the vSMMU's, from 0
 * @param handle its logical handle
 */
public record HardwareQueueFreed(int index, long handle) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.FreeHardwareQueue(index);
  }
}
