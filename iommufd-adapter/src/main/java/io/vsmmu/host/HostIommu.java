package io.vsmmu.host;

import java.util.Optional;

/**
 * A host: its physical SMMUs, its devices, and the way to open an iommufd on it. Safe for use by
 * several threads.
 */
public interface HostIommu {

  /** What the host has; read anew at each call. */
  HostDescription describe();

  /**
   * A device's configuration space as VFIO shows it, read when the device was bound the last time
   * or is bound now.
   *
   * @param address PCI address, {@code 0000:01:00.0}
   * @return empty for a device that no process of this service has had bound
   */
  default Optional<ConfigSpace> configSpace(String address) {
    return Optional.empty();
  }

  /**
   * Opens {@code /dev/iommu}.
   *
   * <p>Errors: ENOENT or ENODEV without iommufd, EACCES without the right, EMFILE and ENFILE,
   * ENOMEM (drivers/iommu/iommufd/main.c, iommufd_fops_open).
   */
  HostResult<IommuContext> open();

  /**
   * As {@link #open()}; where {@link #outlives}, a later process may {@link #resume} it.
   *
   * @param owner who it is for: at most 64 of a-z, 0-9, '-', '_' and '.'
   */
  default HostResult<IommuContext> open(String owner) {
    return open();
  }

  /**
   * What an earlier process of this service had open for this owner and did not close, with all
   * objects as they were; empty when there is nothing of the kind. Given out once.
   */
  default Optional<IommuContext> resume(String owner) {
    return Optional.empty();
  }

  /** Every owner there is has asked: what an earlier process left for others is closed. */
  default void closeUnclaimed() {
    // Nothing outlived it.
  }

  /** Whether what is open outlives this process, so that an orderly end leaves it as it is. */
  default boolean outlives() {
    return false;
  }
}
