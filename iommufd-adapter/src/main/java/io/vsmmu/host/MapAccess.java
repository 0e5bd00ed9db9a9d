package io.vsmmu.host;

/**
 * The accesses of devices that a mapping allows: {@code IOMMU_IOAS_MAP_READABLE} and {@code
 * IOMMU_IOAS_MAP_WRITEABLE}.
 */
public enum MapAccess {
  /** {@code IOMMU_IOAS_MAP_READABLE}. */
  READ(1 << 2),
  /** {@code IOMMU_IOAS_MAP_WRITEABLE}. */
  WRITE(1 << 1),
  /** Both flags: devices may read and write. */
  READ_WRITE(1 << 1 | 1 << 2);

  /** {@code IOMMU_IOAS_MAP_FIXED_IOVA}: always set by this port. */
  public static final int FIXED_IOVA = 1;

  private final int flags;

  MapAccess(int flags) {
    this.flags = flags;
  }

  /** {@code iommu_ioas_map.flags}, FIXED_IOVA included. */
  public int flags() {
    return flags | FIXED_IOVA;
  }
}
