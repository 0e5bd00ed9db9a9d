package io.vsmmu.host.kernel;

import io.vsmmu.host.ConfigSpace;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.UapiConstants;
import io.vsmmu.host.uapi.VfioDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Reads a device's configuration space through VFIO's region of it, which VFIO gives once the
 * device is bound (drivers/vfio/pci/vfio_pci_core.c, vfio_pci_ioctl_get_region_info).
 */
final class ConfigRegion {

  /** Command register (PCI Local Bus Specification 3.0, 6.2.2). */
  private static final long COMMAND = 4;

  private static final int BUS_MASTER = 1 << 2;

  private ConfigRegion() {}

  /** The whole space; empty when VFIO does not give it, as of a device that is not bound. */
  static Optional<ConfigSpace> read(VfioDevice file) {
    HostResult<VfioDevice.Region> region = file.region(UapiConstants.VFIO_PCI_CONFIG_REGION_INDEX);
    return region.isOk() ? read(file, region.value()) : Optional.empty();
  }

  private static Optional<ConfigSpace> read(VfioDevice file, VfioDevice.Region region) {
    if (region.size() != ConfigSpace.BYTES && region.size() != ConfigSpace.LEGACY_BYTES) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(region.size());
      HostResult<Integer> read = file.read(region, 0, bytes);
      return read.isOk() && read.value() == region.size()
          ? Optional.of(new ConfigSpace(bytes.toArray(ValueLayout.JAVA_BYTE)))
          : Optional.empty();
    }
  }

  /**
   * Whether bus mastering is enabled in the device's command register, so that the device may do
   * DMA; empty when the register cannot be read, as of a device that is not bound.
   */
  static Optional<Boolean> busMaster(VfioDevice file) {
    return file.region(UapiConstants.VFIO_PCI_CONFIG_REGION_INDEX)
            instanceof HostResult.Ok<VfioDevice.Region>(VfioDevice.Region config)
        ? busMaster(file, config)
        : Optional.empty();
  }

  private static Optional<Boolean> busMaster(VfioDevice file, VfioDevice.Region config) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment command = arena.allocate(ValueLayout.JAVA_SHORT);
      return file.read(config, COMMAND, command).equals(HostResult.ok(Short.BYTES))
          ? Optional.of((command.get(ValueLayout.JAVA_SHORT, 0) & BUS_MASTER) != 0)
          : Optional.empty();
    }
  }
}
