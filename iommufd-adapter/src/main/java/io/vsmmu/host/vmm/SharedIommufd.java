package io.vsmmu.host.vmm;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.IommuContext;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A copy of the descriptor of an iommufd that a VMM opened, and copies of device files that the VMM
 * binds to it. The requests are those of {@link IommuContext}; they can name the VMM's objects as
 * well as those of this process.
 *
 * <p>The kernel does not always report which device object a file is bound to ({@link
 * #reportedDeviceId}), so the caller states it ({@link #assumeDeviceId}). Only the open file that
 * was bound may attach the device (drivers/vfio/device_cdev.c, vfio_df_ioctl_bind_iommufd): a copy
 * is the same open file.
 *
 * <p>Only the VMM binds devices, so {@link #bind} gives EPERM. {@link #unbind} closes this
 * process's copy of the device's file; the device stays bound for as long as the VMM has its own.
 * {@link #devices} returns the devices whose device object is known.
 */
public interface SharedIommufd extends IommuContext {

  /** PCI addresses of the devices whose files this process has copies of. */
  Set<String> files();

  /** The iommu group of a device in {@link #files}; the devices of a group share an iommufd. */
  int group(String address);

  /** Whether the device is bound to an iommufd, this one or another. */
  boolean isBound(String address);

  /**
   * Whether the device can do DMA now, that is, whether bus mastering is enabled in its command
   * register (PCI Local Bus Specification 3.0, 6.2.2). True when the register cannot be read.
   */
  boolean mayDma(String address);

  /**
   * The device object that the kernel reports for a file, on whichever iommufd the file is bound to
   * ({@code VFIO_DEVICE_GET_PCI_HOT_RESET_INFO}). Empty where it reports none: the file is not
   * bound, or neither the slot nor the bus of the device can be reset, as on a root bus.
   */
  OptionalInt reportedDeviceId(String address);

  /**
   * Makes requests that name this device object use the device's file from here on. ENOENT when
   * there is no copy of the file, EBADF when this is closed.
   */
  HostResult<Done> assumeDeviceId(String address, int devId);

  /** Undoes {@link #assumeDeviceId}; the file stays open. */
  void dropDeviceId(String address);

  /** Closes this process's copy of a device's file, whether its device object is known or not. */
  void release(String address);

  /**
   * Whether a page table maps this IOAS, from {@code IOMMU_IOAS_IOVA_RANGES}: an IOAS without an
   * attached device allows all 64-bit addresses, one with a device reserves at least the MSI
   * window. ENOENT when the id names no IOAS.
   */
  HostResult<Boolean> isIoasInUse(int ioasId);
}
