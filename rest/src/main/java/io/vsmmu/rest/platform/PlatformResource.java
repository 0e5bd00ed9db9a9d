package io.vsmmu.rest.platform;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.platform.GpaRange;
import io.vsmmu.platform.PlatformReport;
import io.vsmmu.projections.view.Hex;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

@Schema(name = "Platform")
record PlatformResource(
    Msi msi,
    @Nullable @Schema(description = "What the guest must leave alone and map one to one")
        Window reservedWindow,
    @Schema(description = "Whether each host bridge needs _DSM function 5 to return 0")
        boolean preserveBootConfiguration,
    @Schema(description = "Whether a device tree will not do") boolean acpiRequired,
    List<String> notes,
    List<PlatformDevice> devices) {

  @Schema(name = "MsiDoorbell")
  record Msi(
      @Schema(description = "its or gicv2m") String controller,
      @Schema(
              description = "Guest-physical address that MSIs are written to",
              example = "0x8090040")
          String doorbell) {}

  /** A range of guest-physical addresses, as an RMR node of the IORT has it. */
  @Schema(name = "ReservedWindow")
  record Window(
      String base,
      @Schema(description = "Bytes") String size,
      @Schema(description = "Flags of the RMR node: 0, it is not to be remapped") String flags) {}

  @Schema(name = "PlatformDevice")
  record PlatformDevice(
      String sid,
      String hostDevice,
      @Nullable @Schema(description = "null when there is none to be shown") Pasid pasid,
      @Nullable @Schema(description = "Why there is no place for the capability, or none at all")
          String problem) {}

  /** A PASID capability to be put into the device's configuration space. */
  @Schema(name = "PasidCapability")
  record Pasid(
      @Schema(description = "Bits of a PASID: what host and vSMMU both have") int width,
      boolean execute,
      boolean privileged,
      @Nullable
          @Schema(description = "The offset at which it is inserted; null when no offset is free")
          String offset,
      @Nullable
          @Schema(
              description = "The header before it, which has to point to it; 0x0 if it is first")
          String previous,
      @Nullable @Schema(description = "The header behind it, 0x0 at the end") String next,
      @Nullable @Schema(description = "Whether an empty header at 0x100 is needed before it")
          Boolean placeholder,
      @Nullable @Schema(description = "Its bytes in hexadecimal, in the order of addresses")
          String bytes,
      @Schema(
              description =
                  "Bits that the guest may write of the control register, the two bytes at offset +"
                      + " 6; the VMM keeps the others 0",
              example = "0x7")
          String controlMask) {}

  static PlatformResource of(PlatformReport report, List<PlatformDevice> devices) {
    Optional<GpaRange> window = report.reservedWindow();
    return new PlatformResource(
        new Msi(report.msiController(), Hex.of(report.msiDoorbell())),
        window
            .map(range -> new Window(Hex.of(range.base()), Hex.of(range.bytes()), "0x0"))
            .orElse(null),
        report.preserveBootConfiguration(),
        report.acpiRequired(),
        report.notes(),
        devices);
  }
}
