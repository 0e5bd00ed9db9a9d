package io.vsmmu.host.kernel;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.UapiConstants;
import io.vsmmu.host.uapi.VfioDevice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * The command register of a PCI device (PCI Local Bus Specification 3.0, 6.2.2), as vfio shows it.
 *
 * @param value 16 bits
 */
record PciCommand(int value) {

  private static final long OFFSET = 4;
  private static final int BUS_MASTER = 1 << 2;

  /** That of the device; empty when it cannot be read, as of one that is not bound. */
  static Optional<PciCommand> of(VfioDevice device) {
    return device.region(UapiConstants.VFIO_PCI_CONFIG_REGION_INDEX)
            instanceof HostResult.Ok<VfioDevice.Region>(VfioDevice.Region config)
        ? read(device, config)
        : Optional.empty();
  }

  private static Optional<PciCommand> read(VfioDevice device, VfioDevice.Region config) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(ValueLayout.JAVA_SHORT);
      return device.read(config, OFFSET, bytes).equals(HostResult.ok(Short.BYTES))
          ? Optional.of(new PciCommand(Short.toUnsignedInt(bytes.get(ValueLayout.JAVA_SHORT, 0))))
          : Optional.empty();
    }
  }

  /** Whether the device may do DMA. */
  boolean busMaster() {
    return (value & BUS_MASTER) != 0;
  }
}
