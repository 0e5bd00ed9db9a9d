package io.vsmmu.rest.vsmmu;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.projections.model.VsmmuSummary;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A host device behind a vSMMU.
 *
 * @param device logical handle of the device, null while the host has not answered
 * @param vdevice logical handle of its vDEVICE
 */
@Schema(name = "Device", description = "A host device behind a vSMMU")
public record DeviceResource(
    @Schema(description = "StreamID that the guest uses", example = "0x900") String sid,
    @Schema(description = "PCI address", example = "0000:01:00.0") String hostDevice,
    String physicalSmmu,
    @Schema(description = "iommu group") int group,
    @Schema(
            description =
                "PCI addresses of the devices of its iommu group that are not behind this vSMMU: as"
                    + " long as there are any, no device of the group translates",
            example = "[\"0000:03:00.1\"]")
        List<String> groupMissing,
    boolean atsEnabled,
    @Nullable Long device,
    @Nullable Long vdevice) {

  static DeviceResource of(VsmmuState vsmmu, DeviceState state) {
    return of(VsmmuSummary.Device.of(vsmmu, state));
  }

  static DeviceResource of(VsmmuSummary.Device it) {
    return new DeviceResource(
        Hex.of(it.streamId()),
        it.address(),
        it.physicalSmmu(),
        it.group(),
        it.missing(),
        it.atsEnabled(),
        handle(it.handle()),
        handle(it.vdeviceHandle()));
  }

  @Schema(name = "Devices")
  public record Devices(List<DeviceResource> items) {}

  private static @Nullable Long handle(long handle) {
    return handle == 0 ? null : handle;
  }
}
