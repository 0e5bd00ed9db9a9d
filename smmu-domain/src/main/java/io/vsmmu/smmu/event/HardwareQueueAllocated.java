package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * The guest got a command queue that the physical SMMU reads itself: from here on the log does not
 * contain every invalidation.
 *
 * @param index the queue's index, from 0
 * @param address guest-physical address, a multiple of {@code size}
 * @param size bytes, a power of two
 * @param handle logical handle of the queue
 */
public record HardwareQueueAllocated(int index, long address, long size, long handle)
    implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.AllocateHardwareQueue(index, address, size);
  }
}
