package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.KernelSupport;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.spec.IdRegister;
import io.vsmmu.smmu.spec.IdRegisters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Schema(name = "Host", description = "A host: its physical SMMUs, its devices, its kernel")
record HostResource(
    @Schema(description = "iommufd for this machine's kernel, or simulated", example = "iommufd")
        String kind,
    @Schema(description = "Whether a device of it can be given to a guest now") boolean usable,
    @Schema(description = "What stands in the way of all devices")
        List<HostProblemResource> problems,
    List<PhysicalSmmuEntry> smmus,
    List<HostDeviceEntry> devices,
    KernelEntry kernel) {

  @Schema(name = "PhysicalSmmu")
  record PhysicalSmmuEntry(
      @Schema(description = "Name in /sys/class/iommu") String name,
      @Nullable
          @Schema(
              description =
                  "ID registers by name; null when no device behind it is bound to vfio, because"
                      + " the kernel tells them through such a device only")
          Map<String, String> ids,
      @Nullable @Schema(description = "The same, decoded") SmmuProperties properties) {}

  @Schema(name = "HostDevice")
  record HostDeviceEntry(
      @Schema(description = "PCI address", example = "0000:01:00.0") String address,
      int group,
      String smmu,
      @Schema(description = "StreamIDs on the physical SMMU") List<String> sids,
      boolean boundToVfio,
      @Nullable @Schema(description = "null unless bound to vfio") DeviceCapabilities capabilities,
      @Schema(description = "Whether it can be given to a guest now") boolean assignable,
      @Nullable @Schema(description = "Name of the vSMMU that has it") String vsmmu,
      @Nullable
          @Schema(
              description =
                  "Name of the vSMMU that has another device of its iommu group: it can be given to"
                      + " that one only")
          String onlyFor,
      @Nullable @Schema(description = "Why it cannot be given to a guest")
          HostProblemResource problem) {}

  /** The result of {@code IOMMU_GET_HW_INFO} for a device. */
  @Schema(name = "HostDeviceCapabilities")
  record DeviceCapabilities(
      @Schema(description = "false if the kernel says that it cannot use ATS") boolean ats,
      @Schema(description = "Bits of its PASIDs, 0 for none") int pasidBits,
      @Schema(description = "out_capabilities of IOMMU_GET_HW_INFO") String flags) {

    static DeviceCapabilities of(HwInfo it) {
      return new DeviceCapabilities(
          !it.atsNotSupported(), it.maxPasidLog2(), Hex.of(it.capabilities()));
    }
  }

  @Schema(name = "Kernel")
  record KernelEntry(String release, List<String> features, List<Missing> missing) {

    static KernelEntry of(KernelSupport it) {
      return new KernelEntry(
          it.release(),
          it.present().stream().sorted().map(Enum::name).toList(),
          it.missing().stream()
              .map(lack -> new Missing(lack.name(), lack.since(), lack.consequence()))
              .toList());
    }
  }

  @Schema(name = "MissingFeature")
  record Missing(
      String feature,
      @Schema(description = "First kernel release that has it") String since,
      @Schema(description = "What does not work without it, and what still does")
          String consequence) {}

  static Map<String, String> ids(SmmuIds raw) {
    IdRegisters values = HostIds.read(raw);
    Map<String, String> ids = new LinkedHashMap<>();
    for (IdRegister register : IdRegister.values()) {
      ids.put(register.name(), Hex.of(values.word(register)));
    }
    return ids;
  }
}
