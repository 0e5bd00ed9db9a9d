package io.vsmmu.smmu.model;

import io.vsmmu.smmu.stimulus.MemorySharing;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * A region of guest memory that the VMM shares.
 *
 * @param address guest-physical address, unsigned
 * @param size bytes, unsigned, more than 0; the region ends within 2^64
 * @param since sequence of its {@link io.vsmmu.smmu.event.MemoryMapped}
 */
public record MemoryState(
    long address,
    long size,
    boolean readable,
    boolean writable,
    MemorySharing sharing,
    long since) {

  /** No region; regions are in the unsigned order of their addresses. */
  public static final PSortedMap<Long, MemoryState> NO_REGIONS =
      TreePMap.empty(Long::compareUnsigned);

  /** Address of the region's last byte, unsigned. */
  public long last() {
    return address + size - 1;
  }

  /** Whether the vSMMU writes to the region without a message to the VMM. */
  public boolean directlyWritable() {
    return writable && sharing.direct();
  }
}
