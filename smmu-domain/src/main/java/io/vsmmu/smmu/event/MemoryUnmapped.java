package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * The VMM withdrew every region that is wholly inside a range.
 *
 * @param address guest-physical address, unsigned
 * @param size bytes, unsigned; all ones with address 0 for everything
 */
public record MemoryUnmapped(long address, long size) implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.UnmapMemory(address, size);
  }
}
