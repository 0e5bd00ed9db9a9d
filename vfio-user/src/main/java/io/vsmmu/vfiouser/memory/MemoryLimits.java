package io.vsmmu.vfiouser.memory;

/** The bounds of guest memory. */
public final class MemoryLimits {

  /** Most regions of one guest. */
  public static final int REGIONS = 1024;

  /** Most bytes of one access. */
  public static final int ACCESS_BYTES = 1 << 20;

  /** What addresses, sizes and offsets are multiples of. */
  public static final int PAGE = 4096;

  private MemoryLimits() {}
}
