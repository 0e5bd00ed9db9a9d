package io.vsmmu.smmu.stimulus;

/**
 * How a vSMMU accesses a region of guest memory that its VMM shares (QEMU,
 * docs/interop/vfio-user.rst).
 */
public enum MemorySharing {
  /** By a file descriptor that the VMM sent with the region: loads and stores. */
  DESCRIPTOR,
  /** By a file that both sides open by its path: loads and stores. */
  FILE,
  /** By messages only: the VMM answers each access. */
  MESSAGES;

  /** Whether the region is accessed without a message to the VMM. */
  public boolean direct() {
    return this != MESSAGES;
  }
}
