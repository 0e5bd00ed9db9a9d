package io.vsmmu.host.uapi;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.uapi.VfioStructs.Attach;
import io.vsmmu.host.uapi.VfioStructs.Bind;
import io.vsmmu.host.uapi.VfioStructs.DependentDevice;
import io.vsmmu.host.uapi.VfioStructs.Detach;
import io.vsmmu.host.uapi.VfioStructs.DeviceInfo;
import io.vsmmu.host.uapi.VfioStructs.HotResetInfo;
import io.vsmmu.host.uapi.VfioStructs.RegionInfo;
import io.vsmmu.posix.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * An open {@code /dev/vfio/devices/vfioN} (drivers/vfio/device_cdev.c, vfio_main.c). Before the
 * device is bound, every request except {@link #bind} gives EINVAL. Thread-safe.
 */
public final class VfioDevice implements AutoCloseable {

  /** Slot and function of a devfn (linux/pci.h, PCI_SLOT and PCI_FUNC). */
  private static final int SLOT_SHIFT = 3;

  private static final int FUNCTION_MASK = 7;

  private final KernelFile file;

  private VfioDevice(KernelFile file) {
    this.file = file;
  }

  /**
   * The answer of {@code VFIO_DEVICE_GET_INFO}.
   *
   * @param flags {@code VFIO_DEVICE_FLAGS_*} of {@link UapiConstants}
   * @param regions number of regions
   * @param interrupts number of interrupt indices
   */
  public record Info(int flags, int regions, int interrupts) {}

  /**
   * The answer of {@code VFIO_DEVICE_GET_REGION_INFO}.
   *
   * @param flags {@code VFIO_REGION_INFO_FLAG_*} of {@link UapiConstants}
   * @param size in bytes, 0 for one that the device does not have
   * @param offset of its first byte in the device file
   */
  public record Region(int flags, long size, long offset) {}

  /**
   * Opens the device file; errors are those of open(2), and ENODEV for a device that is being
   * removed.
   */
  public static HostResult<VfioDevice> open(KernelCalls calls, Path device) {
    return calls.open(device).then(fd -> HostResult.ok(over(calls, fd)));
  }

  /** Takes over an open descriptor, which {@link #close} closes. */
  public static VfioDevice over(KernelCalls calls, Fd fd) {
    return new VfioDevice(new KernelFile(calls, fd));
  }

  /**
   * {@code VFIO_DEVICE_BIND_IOMMUFD}: returns the dev_id. Errors: EINVAL the file is bound already,
   * EPERM or EBUSY the iommu group belongs to another iommufd or to the kernel, EBADFD {@code
   * iommufd} is no iommufd.
   */
  public HostResult<Integer> bind(Iommufd iommufd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Bind.STRUCT.allocateSized(arena);
      Bind.IOMMUFD.set(struct, iommufd.fd().isOpen() ? iommufd.fd().number() : -1);
      return file.request(
          Ioctl.VFIO_DEVICE_BIND_IOMMUFD, struct, () -> Bind.OUT_DEVID.getInt(struct));
    }
  }

  /**
   * {@code VFIO_DEVICE_ATTACH_IOMMUFD_PT}: returns the id of the HWPT that is attached.
   *
   * @param ptId an HWPT's or IOAS's id
   */
  public HostResult<Integer> attach(int ptId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Attach.STRUCT.allocateSized(arena);
      Attach.PT_ID.set(struct, ptId);
      return file.request(
          Ioctl.VFIO_DEVICE_ATTACH_IOMMUFD_PT, struct, () -> Attach.PT_ID.getInt(struct));
    }
  }

  /** {@code VFIO_DEVICE_DETACH_IOMMUFD_PT}: the device's DMA is blocked from here on. */
  public HostResult<Done> detach() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Detach.STRUCT.allocateSized(arena);
      return file.request(Ioctl.VFIO_DEVICE_DETACH_IOMMUFD_PT, struct);
    }
  }

  /** {@code VFIO_DEVICE_GET_INFO}. */
  public HostResult<Info> info() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = DeviceInfo.STRUCT.allocateSized(arena);
      return file.request(
          Ioctl.VFIO_DEVICE_GET_INFO,
          struct,
          () ->
              new Info(
                  DeviceInfo.FLAGS.getInt(struct),
                  DeviceInfo.NUM_REGIONS.getInt(struct),
                  DeviceInfo.NUM_IRQS.getInt(struct)));
    }
  }

  /** {@code VFIO_DEVICE_GET_REGION_INFO}. Errors: EINVAL no such region. */
  public HostResult<Region> region(int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = RegionInfo.STRUCT.allocateSized(arena);
      RegionInfo.INDEX.set(struct, index);
      return file.request(
          Ioctl.VFIO_DEVICE_GET_REGION_INFO,
          struct,
          () ->
              new Region(
                  RegionInfo.FLAGS.getInt(struct),
                  RegionInfo.SIZE.get(struct),
                  RegionInfo.OFFSET.get(struct)));
    }
  }

  /**
   * {@code VFIO_DEVICE_GET_PCI_HOT_RESET_INFO}: the device objects of this device and of those that
   * a reset of its slot or bus would reset too, as far as they are bound to the same iommufd
   * (drivers/vfio/pci/vfio_pci_core.c, vfio_pci_fill_devs). Errors: ENODEV when neither slot nor
   * bus can be reset, as on a root bus; ENOSPC beyond {@link UapiLimits#HOT_RESET_DEVICES}.
   *
   * @return dev_ids by PCI address, such as {@code 0000:03:00.1}; empty where the kernel gives
   *     iommu groups instead, because the file was opened by its group
   */
  public HostResult<Map<String, Integer>> deviceIds() {
    try (Arena arena = Arena.ofConfined()) {
      long head = HotResetInfo.STRUCT.size();
      long element = DependentDevice.STRUCT.size();
      MemorySegment struct =
          arena.allocate(head + element * UapiLimits.HOT_RESET_DEVICES, Integer.BYTES);
      HotResetInfo.ARGSZ.set(struct, struct.byteSize());
      return file.request(
          Ioctl.VFIO_DEVICE_GET_PCI_HOT_RESET_INFO,
          struct,
          () -> deviceIds(struct, struct.asSlice(head)));
    }
  }

  private static Map<String, Integer> deviceIds(MemorySegment info, MemorySegment devices) {
    Map<String, Integer> ids = new TreeMap<>();
    if ((HotResetInfo.FLAGS.getInt(info) & UapiConstants.VFIO_PCI_HOT_RESET_FLAG_DEV_ID) == 0) {
      return ids;
    }
    int count = Math.min(HotResetInfo.COUNT.getInt(info), UapiLimits.HOT_RESET_DEVICES);
    for (int i = 0; i < count; i++) {
      MemorySegment device = DependentDevice.STRUCT.element(devices, i);
      // 0 is VFIO_PCI_DEVID_OWNED, -1 is VFIO_PCI_DEVID_NOT_OWNED.
      int devId = DependentDevice.DEVID.getInt(device);
      if (devId > 0) {
        ids.put(address(device), devId);
      }
    }
    return ids;
  }

  private static String address(MemorySegment device) {
    int function = DependentDevice.DEVFN.getInt(device);
    return "%04x:%02x:%02x.%x"
        .formatted(
            DependentDevice.SEGMENT.getInt(device),
            DependentDevice.BUS.getInt(device),
            function >> SLOT_SHIFT,
            function & FUNCTION_MASK);
  }

  /**
   * Reads from a region; returns the number of bytes.
   *
   * @param at offset in bytes from the beginning of the region
   * @param into native memory
   */
  public HostResult<Integer> read(Region region, long at, MemorySegment into) {
    return KernelFile.bytes(file.calls().readAt(file.fd(), into, region.offset() + at));
  }

  /** The descriptor, which remains this object's to close. */
  public Fd fd() {
    return file.fd();
  }

  /**
   * Closes the descriptor, which detaches and unbinds the device unless another process has a copy.
   */
  @Override
  public void close() {
    file.close();
  }
}
