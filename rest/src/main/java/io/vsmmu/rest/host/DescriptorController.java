package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.host.OfferOutcome;
import io.vsmmu.control.host.ProcessDescriptors;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Devices whose files another process has open: {@code /hosts/local/devices}. */
@RestController
@RequestMapping(path = "/api/v1/hosts/local/devices", produces = "application/json")
@Tag(name = "Host")
class DescriptorController {

  private final LocalHost host;
  private final ProcessDescriptors processes;

  DescriptorController(LocalHost host, ProcessDescriptors processes) {
    this.host = host;
    this.processes = processes;
  }

  /** The outcome of taking a descriptor. */
  @Schema(name = "HostDeviceDescriptor")
  record DescriptorResource(
      @Schema(description = "PCI address", example = "0000:01:00.0") String hostDevice,
      @Schema(
              description =
                  "true: it was spent on asking what the device can do, because the service may not"
                      + " open the device's file; one that was opened anew is needed")
          boolean again) {}

  @PostMapping(consumes = "application/json")
  @Operation(
      operationId = "offerHostDevice",
      summary = "Takes a vfio device file that a process has open",
      description =
          "The process keeps its own descriptor, and must not bind it to an iommufd. Attaching the"
              + " device by its address then uses what was taken.")
  @ApiResponse(responseCode = "201", description = "It is kept until the device is attached")
  @ApiResponse(responseCode = "202", description = "It was spent on asking: send another one")
  ResponseEntity<DescriptorResource> offer(
      @RequestBody NewDescriptor wanted, HttpServletRequest request) {
    int pid = wanted.givenPid();
    int fd = wanted.givenFd();
    AuditTrail.detail(request, "descriptor %d of process %d".formatted(fd, pid));
    return switch (processes.offer(pid, fd)) {
      case OfferOutcome.Kept kept ->
          ResponseEntity.status(HttpStatus.CREATED)
              .body(new DescriptorResource(kept.address(), false));
      case OfferOutcome.Spent spent ->
          ResponseEntity.status(HttpStatus.ACCEPTED)
              .body(new DescriptorResource(spent.address(), true));
      case OfferOutcome.Refused refused -> throw problem(refused.problem());
    };
  }

  @DeleteMapping("/{address}")
  @Operation(
      operationId = "withdrawHostDevice",
      summary = "Closes a device's descriptor that was taken and not used yet")
  @ApiResponse(responseCode = "204", description = "None is kept")
  ResponseEntity<Void> withdraw(@PathVariable String address) {
    host.withdraw(address)
        .ifPresent(
            problem -> {
              throw problem(problem);
            });
    return ResponseEntity.noContent().build();
  }

  private static ProblemException problem(HostProblem problem) {
    record ProblemField(ProblemType type, String field) {}
    ProblemField answer =
        switch (problem.kind()) {
          case NO_SUCH_PROCESS -> new ProblemField(ProblemType.NOT_FOUND, "pid");
          case NO_SUCH_DESCRIPTOR -> new ProblemField(ProblemType.NOT_FOUND, "fd");
          case NO_SUCH_DEVICE -> new ProblemField(ProblemType.NOT_FOUND, "address");
          case NOT_A_DEVICE -> new ProblemField(ProblemType.INVALID_FIELD, "fd");
          case PROCESS_FORBIDDEN -> new ProblemField(ProblemType.HOST_REFUSED, "pid");
          case TOO_MANY_OFFERED -> new ProblemField(ProblemType.CONFLICT, "fd");
          default -> new ProblemField(ProblemType.HOST_REFUSED, "host");
        };
    return ProblemException.of(answer.type(), List.of(problem.what().of(answer.field())));
  }
}
