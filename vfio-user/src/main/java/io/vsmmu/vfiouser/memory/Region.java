package io.vsmmu.vfiouser.memory;

/**
 * A region of guest memory.
 *
 * @param address guest-physical, unsigned
 * @param size bytes, unsigned, not 0
 * @param readable whether the function may read it
 * @param writable whether the function may write it
 * @param kind how the server accesses its bytes
 */
public record Region(
    long address, long size, boolean readable, boolean writable, BackingKind kind) {

  /** The address of the last byte, unsigned. */
  public long last() {
    return address + size - 1;
  }
}
