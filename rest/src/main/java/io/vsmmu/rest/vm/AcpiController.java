package io.vsmmu.rest.vm;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.control.vm.GuestAcpiTables;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.rest.platform.BuildAnswers;
import io.vsmmu.rest.platform.GuestMachines;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tables for a VM's firmware: {@code /vms/{vm}/acpi}. */
@RestController
@RequestMapping(path = "/api/v1/vms/{vm}/acpi", produces = "application/octet-stream")
@Tag(name = "VMs")
class AcpiController {

  private final Vms vms;
  private final GuestMachines machines;

  AcpiController(VsmmuAdministration administration, GuestMachines machines) {
    this.vms = administration.vms();
    this.machines = machines;
  }

  @GetMapping("/iort")
  @Operation(
      operationId = "getIort",
      summary = "The I/O Remapping Table of a VM",
      description =
          "Revision 5 (Arm DEN 0049E.d): one SMMUv3 node for each vSMMU, one root complex, one RMR"
              + " node for the MSI window of each vSMMU with buses.")
  @ApiResponse(
      responseCode = "200",
      description = "The table",
      content =
          @Content(
              mediaType = "application/octet-stream",
              schema = @Schema(type = "string", format = "binary")))
  ResponseEntity<byte[]> iort(@PathVariable String vm) {
    return BuildAnswers.file(machines.iort(vms.named("vm", vm)));
  }

  @GetMapping("/dsm5")
  @Operation(
      operationId = "getDsm5",
      summary = "An SSDT with _DSM function 5 for the VM's host bridges",
      description = "The guest keeps the firmware's bus numbers, and with them its StreamIDs.")
  @ApiResponse(
      responseCode = "200",
      description = "The table",
      content =
          @Content(
              mediaType = "application/octet-stream",
              schema = @Schema(type = "string", format = "binary")))
  ResponseEntity<byte[]> dsm5(@PathVariable String vm) {
    return BuildAnswers.file(
        BuildAnswers.built(
            GuestAcpiTables.preserveBootConfiguration(vms.named("vm", vm).machine())));
  }
}
