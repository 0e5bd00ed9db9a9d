package io.vsmmu.control.rest.host;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.host.HostIommu;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /hosts/local}. */
@RestController
@Tag(name = "Host")
class HostController {

  private final HostIommu host;

  HostController(HostIommu host) {
    this.host = host;
  }

  @GetMapping(path = "/api/v1/hosts/local", produces = "application/json")
  @Operation(operationId = "getLocalHost", summary = "The host behind the vSMMUs")
  HostResource local() {
    return HostResource.of(host.describe());
  }
}
