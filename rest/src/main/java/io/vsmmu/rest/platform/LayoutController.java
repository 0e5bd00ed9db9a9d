package io.vsmmu.rest.platform;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.placement.LayoutPlanner;
import io.vsmmu.control.placement.LayoutRequest;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Proposals for placing devices: {@code /hosts/local:place}. */
@RestController
@Tag(name = "Host")
class LayoutController {

  private final LayoutPlanner planner;

  LayoutController(LocalHost host, @Value("${vsmmu.data-dir:.vsmmu/data}") Path dataDir) {
    this.planner = new LayoutPlanner(host, dataDir.resolve("vsmmu"));
  }

  @PostMapping(
      path = "/api/v1/hosts/local:place",
      consumes = "application/json",
      produces = "application/json")
  @Operation(
      operationId = "placeDevices",
      summary = "Proposes vSMMUs for a set of devices of this host",
      description =
          "One vSMMU for each physical SMMU, iommu groups together, properties as the host has"
              + " them; with what to tell QEMU and libvirt, in words that the named releases have."
              + " Nothing is changed.")
  LayoutResource place(@RequestBody NewLayout wanted) {
    LayoutRequest request = wanted.request();
    return LayoutResource.of(
        request.vm(),
        planner.propose(request),
        wanted.givenQemu(),
        wanted.givenLibvirt(),
        wanted.givenFdGroup());
  }
}
