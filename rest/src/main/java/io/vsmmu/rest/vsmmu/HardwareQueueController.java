package io.vsmmu.rest.vsmmu;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.session.HardwareQueueAdministration;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.intake.Subject;
import io.vsmmu.rest.value.WholeNumber;
import io.vsmmu.smmu.stimulus.Stimulus;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Command queues that the hardware reads: {@code /vsmmus/{name}/hw-queues}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}/hw-queues", produces = "application/json")
@Tag(name = "Hardware queues")
class HardwareQueueController {

  private final HardwareQueueAdministration administration;
  private final VsmmuDirectory directory;
  private final VsmmuResources resources;
  private final ConditionalChanges changes;

  HardwareQueueController(
      HardwareQueueAdministration administration,
      VsmmuDirectory directory,
      VsmmuResources resources,
      ConditionalChanges changes) {
    this.administration = administration;
    this.directory = directory;
    this.resources = resources;
    this.changes = changes;
  }

  @GetMapping
  @Operation(
      operationId = "listHardwareQueues",
      summary = "Queues of the guest that the hardware reads itself")
  HardwareQueueResource.HardwareQueues list(@PathVariable String name) {
    return new HardwareQueueResource.HardwareQueues(
        directory.state(directory.find(name)).hardwareQueues().stream()
            .map(HardwareQueueResource::of)
            .toList());
  }

  @PostMapping(consumes = "application/json")
  @Operation(
      operationId = "allocateHardwareQueue",
      summary = "Lets the hardware read a queue of the guest",
      description =
          "Only for a vSMMU created with properties.cmdqv accept_blind: what the guest puts into it"
              + " never reaches the log. When the host refuses, nothing is left of it but its"
              + " events.")
  @ApiResponse(responseCode = "201", description = "The queue is open")
  ResponseEntity<HardwareQueueResource> allocate(
      @PathVariable String name,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody NewHardwareQueue wanted,
      HttpServletRequest request) {
    Stimulus.AllocateHardwareQueue queue = wanted.given();
    AuditTrail.detail(
        request, "hardware queue %d at %s".formatted(queue.index(), Hex.of(queue.address())));
    changes.make(name, ifMatch, () -> administration.allocate(name, queue, Subject.current()));
    return ResponseEntity.created(
            URI.create("/api/v1/vsmmus/%s/hw-queues/%d".formatted(name, queue.index())))
        .eTag(resources.etag(directory.find(name)))
        .body(new HardwareQueueResource(queue.index(), Hex.of(queue.address()), queue.size()));
  }

  @DeleteMapping("/{index}")
  @Operation(
      operationId = "freeHardwareQueue",
      summary = "Takes the newest hardware queue away: its commands are in the log again")
  @ApiResponse(responseCode = "204", description = "It is gone")
  ResponseEntity<Void> free(
      @PathVariable String name,
      @PathVariable @WholeNumber int index,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    changes.make(name, ifMatch, () -> administration.free(name, index, Subject.current()));
    return ResponseEntity.noContent().build();
  }
}
