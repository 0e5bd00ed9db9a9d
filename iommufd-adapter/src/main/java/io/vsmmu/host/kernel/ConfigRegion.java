package io.vsmmu.host.kernel;

import io.vsmmu.host.ConfigSpace;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.UapiConstants;
import io.vsmmu.host.uapi.VfioDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** VFIO's region with a device's configuration space; there once the device is bound. */
final class ConfigRegion {

  private ConfigRegion() {}

  /** All of it; empty when VFIO does not give it. */
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
}
