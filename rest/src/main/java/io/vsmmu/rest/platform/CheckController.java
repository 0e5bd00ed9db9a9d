package io.vsmmu.rest.platform;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.placement.HostSuitability;
import io.vsmmu.control.placement.PlacementLimits;
import io.vsmmu.control.replay.LogDevices;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.problem.Problem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.Substitutes;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Whether this host can back a vSMMU: {@code /vsmmus/{name}:check-host}. */
@RestController
@Tag(name = "Platform")
class CheckController {

  private final VsmmuDirectory directory;
  private final GuestMachines machines;
  private final LocalHost host;

  private final EventQueries events;

  CheckController(
      VsmmuDirectory directory, GuestMachines machines, LocalHost host, EventQueries events) {
    this.events = events;
    this.directory = directory;
    this.machines = machines;
    this.host = host;
  }

  @Schema(name = "NewHostCheck")
  record NewHostCheck(
      @Nullable
          @Schema(
              description =
                  "PCI addresses of the log, each with that of the device that takes its part",
              example = "{\"0000:09:00.0\": \"0000:01:00.0\"}")
          Map<String, String> devices) {}

  @Schema(name = "HostCheck")
  record HostCheckResult(
      @Schema(description = "Whether the vSMMU could be handed over to this host") boolean fits,
      @Schema(description = "What keeps it from that") List<HostShortfall> differences) {}

  /** Something that the vSMMU needs and this host does not have. */
  @Schema(name = "Difference")
  record HostShortfall(String field, String needed, String found, String remedy) {

    static HostShortfall of(Problem problem) {
      return new HostShortfall(
          problem.field(), problem.required(), String.valueOf(problem.given()), problem.remedy());
    }
  }

  @PostMapping(path = "/api/v1/vsmmus/{name:[^:]+}:check-host", produces = "application/json")
  @Operation(
      operationId = "checkHost",
      summary = "Compares what a vSMMU needs with what this host has",
      description =
          "ID registers, devices, iommu groups, kernel, and the shapes of installed STEs. Works for"
              + " recordings too. Changes nothing.")
  HostCheckResult check(
      @PathVariable String name, @RequestBody(required = false) @Nullable NewHostCheck wanted) {
    RegisteredVsmmu vsmmu = directory.find(name);
    Map<String, String> devices = checked(wanted == null ? null : wanted.devices());
    if (!devices.isEmpty()) {
      Substitutes.checkParts(devices, LogDevices.of(events, vsmmu.id(), Long.MAX_VALUE).keySet());
    }
    List<HostShortfall> differences =
        HostSuitability.compare(host, machines.state(vsmmu), devices).stream()
            .map(HostShortfall::of)
            .toList();
    return new HostCheckResult(differences.isEmpty(), differences);
  }

  private static Map<String, String> checked(@Nullable Map<String, String> devices) {
    if (devices != null && devices.size() > PlacementLimits.DEVICES) {
      throw ProblemException.invalid(
          "devices", devices.size() + " devices", "at most " + PlacementLimits.DEVICES);
    }
    return Substitutes.given(devices);
  }
}
