package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.host.kernel.HostProblem;

/** A {@link HostProblem} as JSON. */
@Schema(
    name = "HostProblem",
    description = "What stands in the way of the host or of a device; kinds are in docs/host.md")
record HostProblemResource(
    @Schema(description = "What it is, for programs", example = "OTHER_DRIVER")
        HostProblem.Kind kind,
    @Schema(description = "Device or file", example = "0000:01:00.0") String subject,
    @Schema(description = "What is the case", example = "driver nvme") String found,
    @Schema(description = "What an operator can do") String remedy) {

  static HostProblemResource of(HostProblem problem) {
    return new HostProblemResource(
        problem.kind(),
        problem.what().field(),
        String.valueOf(problem.what().given()),
        problem.what().allowed());
  }
}
