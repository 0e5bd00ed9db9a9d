package io.vsmmu.rest.platform;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.session.OptionRoms;
import io.vsmmu.control.vm.GuestAcpiTables;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.control.vm.Vm;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.platform.PlatformReport;
import io.vsmmu.platform.pci.CapabilityPosition;
import io.vsmmu.rest.value.Unsigned;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the machine around a vSMMU has to have: {@code /vsmmus/{name}/platform}, {@code acpi/iort}
 * and {@code rom}.
 */
@RestController
@RequestMapping("/api/v1/vsmmus/{name:[^:]+}")
@Tag(name = "Platform")
class PlatformController {

  static final String MSI = "its (the default) or gicv2m; not for a vSMMU of a VM";
  static final String MSI_BASE =
      "Address of that controller's frame; by default as QEMU's virt machine has it";
  private static final int OFFSET_BITS = 12;

  private final VsmmuDirectory directory;
  private final GuestMachines machines;
  private final PasidCapabilities pasids;
  private final OptionRoms roms;

  PlatformController(
      VsmmuDirectory directory, GuestMachines machines, PasidCapabilities pasids, OptionRoms roms) {
    this.roms = roms;
    this.directory = directory;
    this.machines = machines;
    this.pasids = pasids;
  }

  @GetMapping(path = "/platform", produces = "application/json")
  @Operation(
      operationId = "getPlatform",
      summary = "What the machine around a vSMMU has to have",
      description =
          "MSI doorbell, reserved window, _DSM, and for each device the PASID capability that its"
              + " guest can be shown.")
  PlatformResource platform(
      @PathVariable String name,
      @Parameter(description = MSI) @RequestParam(required = false) @Nullable String msi,
      @Parameter(description = MSI_BASE) @RequestParam(required = false) @Nullable String msiBase,
      @Parameter(
              description =
                  "Where to put a PASID capability, 0x100 to 0xff8; by default the last free place")
          @RequestParam(required = false)
          @Unsigned(bits = OFFSET_BITS)
          @Nullable Integer pasidOffset) {
    RegisteredVsmmu vsmmu = directory.find(name);
    GivenMachine given = new GivenMachine(null, null, null, null, msi, msiBase, null);
    Machine machine = machine(vsmmu, given);
    VsmmuState state = machines.state(vsmmu);
    CapabilityPosition placement =
        pasidOffset == null
            ? new CapabilityPosition.LastFree()
            : new CapabilityPosition.At(pasidOffset);
    List<PlatformResource.PlatformDevice> devices =
        state.devices().values().stream()
            .map(device -> pasids.of(device, state.ids().ssidSize(), placement))
            .toList();
    return PlatformResource.of(BuildAnswers.built(PlatformReport.of(machine.msi(), true)), devices);
  }

  private Machine machine(RegisteredVsmmu vsmmu, GivenMachine given) {
    Optional<Vm> vm = machines.of(vsmmu);
    vm.ifPresent(there -> given.nothing(there.name()));
    return vm.map(Vm::machine).orElseGet(given::controllerOnly);
  }

  @GetMapping(path = "/acpi/iort", produces = "application/octet-stream")
  @Operation(
      operationId = "getVsmmuIort",
      summary = "The IORT of the machine that a vSMMU is in",
      description =
          "For a vSMMU of a VM the VM's table, as GET /vms/{vm}/acpi/iort; for another one the"
              + " table of a machine with this vSMMU only, which the parameters describe.")
  @ApiResponse(
      responseCode = "200",
      description = "The table",
      content =
          @Content(
              mediaType = "application/octet-stream",
              schema = @Schema(type = "string", format = "binary")))
  ResponseEntity<byte[]> iort(@PathVariable String name, @ParameterObject GivenMachine given) {
    RegisteredVsmmu vsmmu = directory.find(name);
    Optional<Vm> vm = machines.of(vsmmu);
    if (vm.isPresent()) {
      given.nothing(vm.get().name());
      return BuildAnswers.file(machines.iort(vm.get()));
    }
    return BuildAnswers.file(
        BuildAnswers.built(
            GuestAcpiTables.iort(given.with(vsmmu.name()), List.of(machines.member(vsmmu)))));
  }

  @GetMapping(path = "/rom", produces = "application/octet-stream")
  @Operation(
      operationId = "getOptionRom",
      summary = "The option ROM of a vSMMU's function",
      description =
          "Brings a UEFI driver and the tables of the vSMMU's VM; the driver fills in where"
              + " firmware placed the register frame. VMMs read it from the vfio-user socket: this"
              + " is what the next one gets, to be looked at, signed, or given to a VMM as a file.")
  @ApiResponse(
      responseCode = "200",
      description = "The ROM, a power of two of bytes",
      content =
          @Content(
              mediaType = "application/octet-stream",
              schema = @Schema(type = "string", format = "binary")))
  ResponseEntity<byte[]> rom(@PathVariable String name) {
    RegisteredVsmmu vsmmu = directory.find(name);
    return BuildAnswers.file(BuildAnswers.built(roms.next(vsmmu)), name + ".rom");
  }
}
