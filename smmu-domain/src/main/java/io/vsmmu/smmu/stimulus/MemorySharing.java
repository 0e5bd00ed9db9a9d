package io.vsmmu.smmu.stimulus;

/** How a VMM lets its vSMMU reach a region of guest memory (QEMU, docs/interop/vfio-user.rst). */
public enum MemorySharing {
  /** By a file descriptor that came with the region: loads and stores. */
  DESCRIPTOR,
  /** By a file that both sides name: loads and stores. */
  FILE,
  /** By messages only: each access asks the VMM. */
  MESSAGES;

  /** Whether the region is accessed without asking the VMM. */
  public boolean direct() {
    return this != MESSAGES;
  }
}
