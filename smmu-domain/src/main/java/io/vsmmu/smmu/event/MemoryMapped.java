package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.MemorySharing;
import io.vsmmu.smmu.stimulus.Stimulus;

/**
 * The VMM shares a region of guest memory.
 *
 * @param address guest-physical address, unsigned
 * @param size bytes, unsigned
 * @param kept whether the state has the region from here on; see {@link Stimulus.MapMemory}
 */
public record MemoryMapped(
    long address,
    long size,
    boolean readable,
    boolean writable,
    MemorySharing sharing,
    boolean kept)
    implements StimulusEvent {

  @Override
  public Stimulus stimulus() {
    return new Stimulus.MapMemory(address, size, readable, writable, sharing);
  }
}
