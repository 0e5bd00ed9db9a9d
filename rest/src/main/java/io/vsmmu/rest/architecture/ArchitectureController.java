package io.vsmmu.rest.architecture;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The architecture's tables of fields: {@code /architecture}. */
@RestController
@Tag(name = "Architecture")
class ArchitectureController {

  private final ArchitectureResource all = ArchitectureResource.whole();

  @GetMapping(path = "/api/v1/architecture", produces = "application/json")
  @Operation(
      operationId = "getArchitecture",
      summary = "The fields of registers, STEs, CDs, commands and event records",
      description = "They are the same for every vSMMU, and change with the service's version.")
  ArchitectureResource get() {
    return all;
  }
}
