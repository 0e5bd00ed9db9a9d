package io.vsmmu.host;

import java.util.Optional;

/**
 * A host: its physical SMMUs, its devices, and the way to open an iommufd on it. Safe for use by
 * several threads.
 */
public interface HostIommu {

  /** Describes the host; it is read anew at each call. */
  HostDescription describe();

  /**
   * A device's configuration space as VFIO shows it. It is read while the device is bound to an
   * iommufd of this process, and remembered after that.
   *
   * @param address PCI address, {@code 0000:01:00.0}
   * @return empty for a device that this process has never bound
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
   * As {@link #open()}. Where {@link #keepsDescriptors} holds, a later process of the service can
   * {@link #resume} the iommufd.
   *
   * @param owner name of the VM that uses the iommufd: at most 64 of a-z, 0-9, '-', '_' and '.'
   */
  default HostResult<IommuContext> open(String owner) {
    return open();
  }

  /**
   * The iommufd that an earlier process of this service had open for this owner and did not close,
   * with all its objects; empty when there is none. Each is returned once.
   */
  default Optional<IommuContext> resume(String owner) {
    return Optional.empty();
  }

  /**
   * Closes what an earlier process left for owners that have not asked for it. To be called once
   * every VM that exists has called {@link #resume}.
   */
  default void closeUnclaimed() {
    // Without kept descriptors an earlier process left none.
  }

  /**
   * Whether a service manager keeps the descriptors of this process open after its end. An orderly
   * end then leaves the host's objects as they are.
   */
  default boolean keepsDescriptors() {
    return false;
  }
}
