package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.vmm.VmmDeviceState;
import io.vsmmu.control.vmm.VmmView;
import io.vsmmu.projections.view.Hex;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Schema(
    name = "Vmm",
    description = "A VMM whose devices are behind vSMMUs, and whose iommufd is shared with it")
record VmmResource(
    @Schema(description = "Name of the VM, or of the vSMMU that has one of its own") String vm,
    @Nullable @Schema(description = "Its process; null when it is not known") Integer pid,
    List<OwnedDeviceEntry> devices) {

  @Schema(name = "VmmDevice")
  record OwnedDeviceEntry(
      @Schema(description = "PCI address", example = "0000:01:00.0") String hostDevice,
      @Schema(description = "The vSMMU that it is behind, or will be") String vsmmu,
      @Nullable @Schema(description = "StreamID that the guest uses", example = "0x10") String sid,
      VmmDeviceState state,
      @Nullable @Schema(description = "Why it failed") HostProblemResource problem) {

    static OwnedDeviceEntry of(VmmView.Device it) {
      return new OwnedDeviceEntry(
          it.address(),
          it.vsmmu(),
          it.streamId().isPresent() ? Hex.of(it.streamId().getAsInt()) : null,
          it.state(),
          it.problem().map(HostProblemResource::of).orElse(null));
    }
  }

  static VmmResource of(VmmView it) {
    return new VmmResource(
        it.vm(),
        it.pid().isPresent() ? it.pid().getAsInt() : null,
        it.devices().stream().map(OwnedDeviceEntry::of).toList());
  }

  @Schema(name = "Vmms")
  record Vmms(List<VmmResource> items) {}
}
