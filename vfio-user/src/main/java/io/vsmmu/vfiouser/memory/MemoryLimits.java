package io.vsmmu.vfiouser.memory;

/** The limits of one connection's guest memory; a DMA_MAP beyond one is refused. */
public final class MemoryLimits {

  /** The most regions of one guest; mapping a further one gives ENOSPC. */
  public static final int REGIONS = 1024;

  /** The most bytes of one access; a longer one is refused. */
  public static final int ACCESS_BYTES = 1 << 20;

  /** Addresses, sizes and offsets of regions are multiples of this number of bytes. */
  public static final int PAGE = 4096;

  private MemoryLimits() {}
}
