package io.vsmmu.gateway.memory;

import io.vsmmu.smmu.stimulus.MemorySharing;

/**
 * A piece of guest memory.
 *
 * @param address guest-physical, unsigned
 * @param size bytes, unsigned, not 0
 * @param readable whether we may read it
 * @param writable whether we may write it
 * @param sharing how its bytes are reached
 */
public record Region(
    long address, long size, boolean readable, boolean writable, MemorySharing sharing) {

  /** The last byte's address. */
  public long last() {
    return address + size - 1;
  }
}
