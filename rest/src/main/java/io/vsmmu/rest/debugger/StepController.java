package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.debugger.step.StepRequest;
import io.vsmmu.debugger.step.Steps;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Steps through a log: {@code /vsmmus/{name}/step}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}/step", produces = "application/json")
@Tag(name = "Debugger")
class StepController {

  private final VsmmuDirectory directory;
  private final Steps steps;

  StepController(VsmmuDirectory directory, Steps steps) {
    this.directory = directory;
    this.steps = steps;
  }

  @GetMapping
  @Operation(
      operationId = "step",
      summary = "The next or previous event, access, command, change or fault",
      description = "Of the vSMMU, or of one of its streams.")
  StepResource step(@PathVariable String name, @ParameterObject StepQuery query) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    StepRequest request = query.request(directory, vsmmu);
    checkEntry(vsmmu, request);
    return StepResource.of(steps.step(vsmmu.id(), request));
  }

  /** Refuses an index that no command of the slice has: the step would leave the slice. */
  private void checkEntry(RegisteredVsmmu vsmmu, StepRequest request) {
    Integer entry = request.entry();
    if (entry == null) {
      return;
    }
    int commands = steps.commandsAt(vsmmu.id(), request.from()).orElse(0);
    if (entry >= commands) {
      throw ProblemException.invalid(
          "entry",
          String.valueOf(entry),
          commands == 0
              ? "nothing: no command was consumed at position " + request.from()
              : "0 to %d, the commands that were consumed at position %d"
                  .formatted(commands - 1, request.from()));
    }
  }
}
