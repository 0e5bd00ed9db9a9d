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
 * An open {@code /dev/vfio/devices/vfioN} (drivers/vfio/device_cdev.c, vfio_main.c). Until it is
 * bound everything but {@link #bind} gives EINVAL. Thread-safe.
 */
public final class VfioDevice implements AutoCloseable {

  /** Slot and function of a devfn (linux/pci.h, PCI_SLOT and PCI_FUNC). */
  private static final int SLOT_SHIFT = 3;

  private static final int FUNCTION_MASK = 7;

  private final Channel channel;

  private VfioDevice(Channel channel) {
    this.channel = channel;
  }

  /**
   * What a device has.
   *
   * @param flags {@code VFIO_DEVICE_FLAGS_*} of {@link UapiConstants}
   * @param regions number of regions
   * @param interrupts number of interrupt indices
   */
  public record Info(int flags, int regions, int interrupts) {

    /** Whether {@link #reset} works. */
    public boolean canReset() {
      return (flags & UapiConstants.VFIO_DEVICE_FLAGS_RESET) != 0;
    }
  }

  /**
   * A region of a device.
   *
   * @param flags {@code VFIO_REGION_INFO_FLAG_*} of {@link UapiConstants}
   * @param size in bytes, 0 for one that the device does not have
   * @param offset of its first byte in the device file
   */
  public record Region(int flags, long size, long offset) {}

  /** Opens the device file; errors are those of open(2), ENODEV for a device that is leaving. */
  public static HostResult<VfioDevice> open(KernelCalls calls, Path device) {
    return calls.open(device).then(fd -> HostResult.ok(over(calls, fd)));
  }

  /** Takes an open descriptor over: closing this closes it. */
  public static VfioDevice over(KernelCalls calls, Fd fd) {
    return new VfioDevice(new Channel(calls, fd));
  }

  /**
   * {@code VFIO_DEVICE_BIND_IOMMUFD}: gives the dev_id. Errors: EINVAL bound already, EPERM or
   * EBUSY the group belongs to somebody else, EBADFD {@code iommufd} is none.
   */
  public HostResult<Integer> bind(Iommufd iommufd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Bind.STRUCT.allocateSized(arena);
      Bind.IOMMUFD.set(struct, iommufd.fd().isOpen() ? iommufd.fd().number() : -1);
      return channel.request(
          Ioctl.VFIO_DEVICE_BIND_IOMMUFD, struct, () -> Bind.OUT_DEVID.getInt(struct));
    }
  }

  /**
   * {@code VFIO_DEVICE_ATTACH_IOMMUFD_PT}: gives the id of the HWPT attached.
   *
   * @param ptId an HWPT's or IOAS's id
   */
  public HostResult<Integer> attach(int ptId) {
    return attach(ptId, 0, 0);
  }

  /** The same for one PASID of the device. EOPNOTSUPP where driver or kernel have no such thing. */
  public HostResult<Integer> attachPasid(int pasid, int ptId) {
    return attach(ptId, UapiConstants.VFIO_DEVICE_ATTACH_PASID, pasid);
  }

  private HostResult<Integer> attach(int ptId, int flags, int pasid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Attach.STRUCT.allocateSized(arena);
      Attach.FLAGS.set(struct, flags);
      Attach.PT_ID.set(struct, ptId);
      Attach.PASID.set(struct, pasid);
      return channel.request(
          Ioctl.VFIO_DEVICE_ATTACH_IOMMUFD_PT, struct, () -> Attach.PT_ID.getInt(struct));
    }
  }

  /** {@code VFIO_DEVICE_DETACH_IOMMUFD_PT}: DMA is blocked from here. */
  public HostResult<Done> detach() {
    return detach(0, 0);
  }

  /** The same for one PASID of the device. */
  public HostResult<Done> detachPasid(int pasid) {
    return detach(UapiConstants.VFIO_DEVICE_DETACH_PASID, pasid);
  }

  private HostResult<Done> detach(int flags, int pasid) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = Detach.STRUCT.allocateSized(arena);
      Detach.FLAGS.set(struct, flags);
      Detach.PASID.set(struct, pasid);
      return channel.request(Ioctl.VFIO_DEVICE_DETACH_IOMMUFD_PT, struct);
    }
  }

  /** {@code VFIO_DEVICE_GET_INFO}. */
  public HostResult<Info> info() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment struct = DeviceInfo.STRUCT.allocateSized(arena);
      return channel.request(
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
      return channel.request(
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
      return channel.request(
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

  /** {@code VFIO_DEVICE_RESET}. Errors: EINVAL or ENOTTY when the device cannot; EAGAIN. */
  public HostResult<Done> reset() {
    return channel.request(Ioctl.VFIO_DEVICE_RESET, MemorySegment.NULL);
  }

  /**
   * Reads from a region; gives the number of bytes.
   *
   * @param at bytes from the region's beginning
   * @param into native
   */
  public HostResult<Integer> read(Region region, long at, MemorySegment into) {
    return Channel.bytes(channel.calls().readAt(channel.fd(), into, region.offset() + at));
  }

  /**
   * Writes into a region; gives the number of bytes.
   *
   * @param at bytes from the region's beginning
   * @param from native
   */
  public HostResult<Integer> write(Region region, long at, MemorySegment from) {
    return Channel.bytes(channel.calls().writeAt(channel.fd(), from, region.offset() + at));
  }

  /** The descriptor; stays ours. */
  public Fd fd() {
    return channel.fd();
  }

  /** Closes the descriptor: detaches and unbinds the device. */
  @Override
  public void close() {
    channel.close();
  }
}
