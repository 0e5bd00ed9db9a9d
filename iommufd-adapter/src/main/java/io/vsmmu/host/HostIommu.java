package io.vsmmu.host;

/**
 * A host: its physical SMMUs, its devices, and the way to open an iommufd on it. Safe for use by
 * several threads.
 */
public interface HostIommu {

  /** What the host has; read anew at each call. */
  HostDescription describe();

  /**
   * Opens {@code /dev/iommu}.
   *
   * <p>Errors: ENOENT or ENODEV without iommufd, EACCES without the right, EMFILE and ENFILE,
   * ENOMEM (drivers/iommu/iommufd/main.c, iommufd_fops_open).
   */
  HostResult<IommuContext> open();
}
