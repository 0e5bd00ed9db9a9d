package io.vsmmu.rest.vsmmu;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.session.VsmmuAdministration;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.intake.Subject;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.value.Unsigned;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.OnOffAuto;
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

/** Devices behind a vSMMU: {@code /vsmmus/{name}/devices}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}/devices", produces = "application/json")
@Tag(name = "Devices")
class DeviceController {

  private final VsmmuAdministration administration;
  private final VsmmuDirectory directory;
  private final VsmmuResources resources;
  private final ConditionalChanges changes;

  DeviceController(
      VsmmuAdministration administration,
      VsmmuDirectory directory,
      VsmmuResources resources,
      ConditionalChanges changes) {
    this.administration = administration;
    this.directory = directory;
    this.resources = resources;
    this.changes = changes;
  }

  @GetMapping
  @Operation(operationId = "listDevices", summary = "Devices behind a vSMMU")
  DeviceResource.Devices list(@PathVariable String name) {
    VsmmuState state = directory.state(directory.find(name));
    return new DeviceResource.Devices(
        state.devices().values().stream().map(device -> DeviceResource.of(state, device)).toList());
  }

  @GetMapping("/{sid}")
  @Operation(operationId = "getDevice", summary = "The device of a StreamID")
  ResponseEntity<DeviceResource> get(
      @PathVariable String name, @PathVariable @Unsigned(bits = Numbers.SID_BITS) int sid) {
    RegisteredVsmmu vsmmu = directory.find(name);
    return ResponseEntity.ok().eTag(resources.etag(vsmmu)).body(device(vsmmu, sid));
  }

  @PostMapping(consumes = "application/json")
  @Operation(
      operationId = "attachDevice",
      summary = "Places a host device behind a vSMMU",
      description =
          "When the host refuses, nothing is left of it but its events. The devices of an iommu"
              + " group are attached one after the other to one vSMMU; `groupMissing` names those"
              + " that are not behind it yet. Until they are, the group aborts or bypasses, but"
              + " does not translate: that the host refuses a stage 1 for this reason undoes no"
              + " attachment.")
  @ApiResponse(responseCode = "201", description = "The device is behind the vSMMU")
  ResponseEntity<DeviceResource> attach(
      @PathVariable String name,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestBody NewDevice wanted,
      HttpServletRequest request) {
    String hostDevice = wanted.givenHostDevice();
    int sid = wanted.givenSid();
    OnOffAuto ats = wanted.givenAts();
    AuditTrail.detail(request, "%s as %s".formatted(hostDevice, Hex.of(sid)));
    changes.make(
        name, ifMatch, () -> administration.attach(name, hostDevice, sid, ats, Subject.current()));
    RegisteredVsmmu vsmmu = directory.find(name);
    return ResponseEntity.created(
            URI.create("/api/v1/vsmmus/%s/devices/%s".formatted(name, Hex.of(sid))))
        .eTag(resources.etag(vsmmu))
        .body(device(vsmmu, sid));
  }

  @DeleteMapping("/{sid}")
  @Operation(operationId = "detachDevice", summary = "Takes a device away")
  @ApiResponse(responseCode = "204", description = "It is gone")
  ResponseEntity<Void> detach(
      @PathVariable String name,
      @PathVariable @Unsigned(bits = Numbers.SID_BITS) int sid,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    changes.make(
        name,
        ifMatch,
        () -> {
          device(directory.find(name), sid);
          return administration.detach(name, sid, Subject.current());
        });
    return ResponseEntity.noContent().build();
  }

  private DeviceResource device(RegisteredVsmmu vsmmu, int sid) {
    VsmmuState state = directory.state(vsmmu);
    return state
        .device(sid)
        .map(device -> DeviceResource.of(state, device))
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.NOT_FOUND,
                    "sid",
                    Hex.of(sid),
                    "one of " + state.devices().keySet().stream().map(Hex::of).toList()));
  }
}
