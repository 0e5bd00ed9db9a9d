package io.vsmmu.host.vmm;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.IommuContext;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A copy of the descriptor of an iommufd that a VMM opened, and copies of device files that the VMM
 * binds to it. The requests are those of {@link IommuContext}; they see the VMM's objects and ours
 * alike.
 *
 * <p>A device's file does not always tell which device object it is bound to ({@link #deviceId}),
 * so that the caller says so ({@link #assume}). Only the open file that was bound may attach the
 * device (drivers/vfio/device_cdev.c, vfio_df_ioctl_bind_iommufd): a copy is the same open file.
 *
 * <p>{@link #bind} is not for us: it gives EPERM. {@link #unbind} closes our copy of the device's
 * file, after which the device is bound for as long as the VMM has its own. {@link #devices} are
 * those of which the device object is known.
 */
public interface SharedIommufd extends IommuContext {

  /** PCI addresses of the devices whose files we have copies of. */
  Set<String> files();

  /** The iommu group of the device of one of our files; devices of a group share an iommufd. */
  int group(String address);

  /** Whether the device of this file is bound to an iommufd, ours or another. */
  boolean isBound(String address);

  /**
   * Whether the device can do DMA now: bus mastering is enabled in its command register (PCI Local
   * Bus Specification 3.0, 6.2.2). True when that cannot be told.
   */
  boolean mayDma(String address);

  /**
   * The device object that the kernel itself names for a file, on whichever iommufd it is bound to
   * ({@code VFIO_DEVICE_GET_PCI_HOT_RESET_INFO}). Empty where it names none: the file is not bound,
   * or neither the slot nor the bus of the device can be reset, as on a root bus.
   */
  OptionalInt deviceId(String address);

  /** From here on requests that name this device object go through the device's file. */
  HostResult<Done> assume(String address, int devId);

  /** The opposite of {@link #assume}; the file stays open. */
  void doubt(String address);

  /** Closes our copy of a device's file, known device object or not. */
  void release(String address);

  /**
   * Whether a page table maps this IOAS, from {@code IOMMU_IOAS_IOVA_RANGES}: one that nothing is
   * attached to allows all 64-bit addresses, one with a device reserves at least its MSI window.
   * ENOENT when the id names no IOAS.
   */
  HostResult<Boolean> isIoasInUse(int ioasId);
}
