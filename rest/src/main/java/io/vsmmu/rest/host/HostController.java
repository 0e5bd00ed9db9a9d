package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The host of this service: {@code /hosts/local}. */
@RestController
@Tag(name = "Host")
class HostController {

  private final HostResources resources;

  HostController(HostResources resources) {
    this.resources = resources;
  }

  @GetMapping(path = "/api/v1/hosts/local", produces = "application/json")
  @Operation(
      operationId = "getLocalHost",
      summary = "The host behind the vSMMUs",
      description =
          "With the kernel's host, a device on vfio-pci that nobody has is bound for a moment when"
              + " it is seen first: the kernel tells what it can do only then.")
  HostResource local() {
    return resources.local();
  }
}
