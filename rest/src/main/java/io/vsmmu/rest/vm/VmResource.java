package io.vsmmu.rest.vm;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A VM.
 *
 * @param machine the machine as it was described
 */
@Schema(
    name = "Vm",
    description = "A virtual machine: its vSMMUs share one guest address space on the host")
record VmResource(
    @Schema(example = "vm1") String name,
    List<VmMember> vsmmus,
    @Schema(description = "Physical SMMUs behind its vSMMUs, each with a stage 2 of the VM")
        List<String> physicalSmmus,
    @Schema(description = "The guest's memory as its VMMs share it") List<Ram> ram,
    @Schema(
            description =
                "Whether several of its vSMMUs have devices, which then share the address space")
        boolean addressSpaceShared,
    MachineDescription machine,
    Instant createdAt) {

  @Schema(name = "VmVsmmu")
  record VmMember(
      String name,
      @Nullable @Schema(description = "null until its first device is attached")
          String physicalSmmu,
      List<MemberDevice> devices) {}

  @Schema(name = "VmDevice")
  record MemberDevice(
      String sid, String hostDevice, @Schema(description = "iommu group") int group) {}

  @Schema(name = "VmRam")
  record Ram(
      @Schema(description = "Guest-physical address") String address,
      @Schema(description = "Bytes") String size,
      boolean writable,
      @Schema(description = "The vSMMUs whose VMMs share it") List<String> sharedBy) {}
}
