package io.vsmmu.vfiouser.memory;

/**
 * How the server accesses a region of guest memory that the VMM mapped with DMA_MAP (QEMU,
 * docs/interop/vfio-user.rst, "VFIO_USER_DMA_MAP").
 */
public enum BackingKind {
  /** By loads and stores: the VMM sent a file descriptor with the region, which is mapped here. */
  DESCRIPTOR,
  /** By loads and stores: both sides map the same file, which is found by its path. */
  FILE,
  /** By DMA_READ and DMA_WRITE messages only: the VMM answers each access. */
  MESSAGES
}
