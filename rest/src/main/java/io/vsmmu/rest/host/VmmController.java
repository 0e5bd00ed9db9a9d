package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.vmm.VmmDevices;
import io.vsmmu.control.vmm.VmmView;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.access.Caller;
import io.vsmmu.rest.access.VmScope;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** VMMs that bind the devices of vSMMUs themselves: {@code /hosts/local/vmms}. */
@RestController
@RequestMapping(path = "/api/v1/hosts/local/vmms", produces = "application/json")
@Tag(name = "Host")
class VmmController {

  private final VmmDevices vmms;

  VmmController(VmmDevices vmms) {
    this.vmms = vmms;
  }

  @GetMapping
  @Operation(operationId = "listVmms", summary = "VMMs that own devices behind vSMMUs")
  VmmResource.Vmms list() {
    VmScope scope = Caller.current().scope();
    return new VmmResource.Vmms(
        vmms.all().stream().filter(vmm -> scope.has(vmm.vm())).map(VmmResource::of).toList());
  }

  @PostMapping(consumes = "application/json")
  @Operation(
      operationId = "shareVmm",
      summary = "Shares the iommufd of a VMM that binds its devices itself",
      description =
          "Copies of the process's descriptors are taken. A device is attached to its vSMMU as soon"
              + " as the VMM has bound it, and detached when the VMM unplugs it or ends. A second"
              + " request for the same process, without iommufd and ioas, brings more devices.")
  @ApiResponse(responseCode = "201", description = "The descriptors are kept")
  ResponseEntity<VmmResource> share(@RequestBody NewVmm wanted, HttpServletRequest request) {
    AuditTrail.detail(request, "%s, process %d".formatted(wanted.givenVm(), wanted.givenPid()));
    VmmView.HandOver answer =
        vmms.takeFrom(
            wanted.givenPid(),
            wanted.givenVm(),
            wanted.givenIommufd(),
            wanted.givenIoas(),
            wanted.givenDevices(),
            wanted.givenAddresses());
    return switch (answer) {
      case VmmView.HandOver.Taken(VmmView vmm) ->
          ResponseEntity.status(HttpStatus.CREATED).body(VmmResource.of(vmm));
      case VmmView.HandOver.Refused(HostProblem problem) -> throw problem(problem);
    };
  }

  @DeleteMapping("/{vm}")
  @Operation(
      operationId = "returnVmm",
      summary = "Detaches a VMM's devices, gives them back to it and closes its descriptors")
  @ApiResponse(responseCode = "204", description = "Nothing of the VMM's is kept")
  ResponseEntity<Void> giveBack(@PathVariable String vm) {
    vmms.release(vm);
    return ResponseEntity.noContent().build();
  }

  private static ProblemException problem(HostProblem problem) {
    ProblemType type =
        switch (problem.kind()) {
          case NO_SUCH_PROCESS, NO_SUCH_DESCRIPTOR -> ProblemType.NOT_FOUND;
          case VM_BUSY, BUSY, TOO_MANY_OFFERED -> ProblemType.CONFLICT;
          case WRONG_MESSAGE, NOT_A_DEVICE, NOT_AN_IOMMUFD -> ProblemType.INVALID_FIELD;
          default -> ProblemType.HOST_REFUSED;
        };
    return ProblemException.of(type, List.of(problem.what()));
  }
}
