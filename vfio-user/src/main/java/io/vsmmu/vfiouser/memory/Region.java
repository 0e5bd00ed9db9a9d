package io.vsmmu.vfiouser.memory;

/**
 * A piece of guest memory.
 *
 * @param address guest-physical, unsigned
 * @param size bytes, unsigned, not 0
 * @param readable whether we may read it
 * @param writable whether we may write it
 * @param kind how the server accesses its bytes
 */
public record Region(
    long address, long size, boolean readable, boolean writable, BackingKind kind) {

  /** The last byte's address. */
  public long last() {
    return address + size - 1;
  }
}
