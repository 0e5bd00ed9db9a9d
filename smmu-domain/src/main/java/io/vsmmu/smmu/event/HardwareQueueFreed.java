package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * An operator freed a hardware queue.
 *
 * @param index the queue's index, from 0
 * @param handle its logical handle
 */
public record HardwareQueueFreed(int index, long handle) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.FreeHardwareQueue(index);
  }
}
