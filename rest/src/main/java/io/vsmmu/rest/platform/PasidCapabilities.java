package io.vsmmu.rest.platform;

import io.vsmmu.host.ConfigSpace;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HwInfo;
import io.vsmmu.platform.BuildResult;
import io.vsmmu.platform.pci.CapabilityInsertion;
import io.vsmmu.platform.pci.CapabilityPosition;
import io.vsmmu.platform.pci.InsertedCapability;
import io.vsmmu.platform.pci.PasidCapability;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.rest.platform.PlatformResource.Pasid;
import io.vsmmu.rest.platform.PlatformResource.PlatformDevice;
import io.vsmmu.smmu.model.DeviceState;
import java.util.HexFormat;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Finds the PASID capability that the guest of a device can be shown, and its offset. VFIO removes
 * the device's own capability from the list that a VMM sees, and the kernel reports its width
 * ({@code IOMMU_GET_HW_INFO}, {@code out_max_pasid_log2}). The offset is free in the configuration
 * space that VFIO shows; the hardware's list, which sysfs shows to root, has the device's own.
 */
@Component
final class PasidCapabilities {

  private final HostIommu host;

  PasidCapabilities(HostIommu host) {
    this.host = host;
  }

  /**
   * The PASID capability that the guest of a device can be shown, or why there is none.
   *
   * @param ssidBits IDR1.SSIDSIZE of the vSMMU
   */
  PlatformDevice of(DeviceState device, int ssidBits, CapabilityPosition placement) {
    String address = device.device().address();
    Optional<HwInfo> info = host.describe().device(address).flatMap(HostDescription.Device::hwInfo);
    int width = Math.min(ssidBits, info.map(HwInfo::maxPasidLog2).orElse(0));
    if (info.isEmpty() || width == 0) {
      return new PlatformDevice(
          Hex.of(device.streamId()), address, null, none(info.map(HwInfo::maxPasidLog2), ssidBits));
    }
    PasidCapability capability =
        new PasidCapability(
            width,
            has(info.get(), HwInfo.CAP_PCI_PASID_EXEC),
            has(info.get(), HwInfo.CAP_PCI_PASID_PRIV));
    Optional<ConfigSpace> space = host.configSpace(address);
    return space.isEmpty()
        ? unplaced(device, capability, "VFIO does not give the device's configuration space")
        : placed(
            device,
            capability,
            CapabilityInsertion.insert(space.get().bytes(), capability, placement));
  }

  private static String none(Optional<Integer> hostBits, int ssidBits) {
    return hostBits
        .map(
            bits ->
                "no PASIDs: the host reports %d bits for the device, the vSMMU's ssidsize is %d"
                    .formatted(bits, ssidBits))
        .orElse("the host has no such device on vfio-pci now");
  }

  private static boolean has(HwInfo info, long capability) {
    return (info.capabilities() & capability) != 0;
  }

  private static PlatformDevice placed(
      DeviceState device, PasidCapability capability, BuildResult<InsertedCapability> put) {
    return switch (put) {
      case BuildResult.Refused<InsertedCapability> refused ->
          unplaced(device, capability, refused.reasons().getFirst().message());
      case BuildResult.Built<InsertedCapability>(InsertedCapability inserted) ->
          new PlatformDevice(
              Hex.of(device.streamId()),
              device.device().address(),
              shown(capability, inserted),
              null);
    };
  }

  private static Pasid shown(PasidCapability capability, InsertedCapability inserted) {
    int from = inserted.offset();
    return new Pasid(
        capability.width(),
        capability.execute(),
        capability.privileged(),
        Hex.of(from),
        Hex.of(inserted.previous()),
        Hex.of(inserted.next()),
        inserted.placeholder(),
        HexFormat.ofDelimiter(" ")
            .formatHex(inserted.image().bytes(), from, from + PasidCapability.BYTES),
        Hex.of(capability.writable()));
  }

  private static PlatformDevice unplaced(
      DeviceState device, PasidCapability capability, String problem) {
    Pasid pasid =
        new Pasid(
            capability.width(),
            capability.execute(),
            capability.privileged(),
            null,
            null,
            null,
            null,
            null,
            Hex.of(capability.writable()));
    return new PlatformDevice(Hex.of(device.streamId()), device.device().address(), pasid, problem);
  }
}
