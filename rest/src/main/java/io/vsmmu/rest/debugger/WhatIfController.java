package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.job.JobProgress;
import io.vsmmu.control.whatif.WhatIf;
import io.vsmmu.control.whatif.WhatIf.Plan;
import io.vsmmu.control.whatif.WhatIfResult;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.access.Caller;
import io.vsmmu.rest.access.Role;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Replays with a changed input: {@code /vsmmus/{name}/what-ifs}. */
@RestController
@Tag(name = "Debugger")
class WhatIfController {

  private final VsmmuDirectory directory;
  private final WhatIf whatIf;
  private final JobAnswers answers;

  WhatIfController(VsmmuDirectory directory, WhatIf whatIf, JobAnswers answers) {
    this.directory = directory;
    this.whatIf = whatIf;
    this.answers = answers;
  }

  @PostMapping(
      path = "/api/v1/vsmmus/{name:[^:]+}/what-ifs",
      consumes = "application/json",
      produces = "application/json")
  @Operation(
      operationId = "whatIf",
      summary = "What would have happened with a changed input",
      description =
          "Up to a position the log is what it is; from there on its accesses are decided again and"
              + " applied to a simulated host with the devices of the log, without the access that"
              + " is left out, with faults of the host or with other properties. The log itself is"
              + " not changed, and nothing is stored unless `keep` names a new vSMMU, whose log has"
              + " an event InputChanged where it leaves what happened. A replay that takes longer"
              + " than 2 s is a job.")
  @ApiResponse(
      responseCode = "200",
      description = "The difference to what happened",
      content = @Content(schema = @Schema(implementation = WhatIfResult.class)))
  @ApiResponse(
      responseCode = "202",
      description = "It is a job: GET the location until its state is done",
      content = @Content(schema = @Schema(implementation = JobResource.class)))
  ResponseEntity<Object> start(
      @PathVariable String name, @RequestBody NewWhatIf wanted, HttpServletRequest request)
      throws Exception {
    AuditTrail.vsmmu(request, name);
    if (wanted.keep() != null) {
      checkMayKeep(wanted.keep());
    }
    Plan plan = whatIf.plan(wanted.request(directory, directory.find(name)));
    return answers.answer("what-if", request, progress -> result(plan, progress));
  }

  /** What is kept is a new vSMMU, with a VM of its own. */
  private static void checkMayKeep(String name) {
    Caller caller = Caller.current();
    if (!caller.role().includes(Role.OPERATOR)) {
      throw ProblemException.of(
          ProblemType.FORBIDDEN,
          "keep",
          name,
          "nothing with role %s; it needs %s".formatted(caller.role(), Role.OPERATOR));
    }
    if (!caller.scope().has(name)) {
      throw ProblemException.of(
          ProblemType.FORBIDDEN,
          "keep",
          name,
          "one of the VMs of the credential: "
              + String.join(", ", caller.scope().vms().stream().sorted().toList()));
    }
  }

  private WhatIfResult result(Plan plan, JobProgress progress) {
    progress.total(plan.events());
    return whatIf.run(
        plan,
        events -> {
          progress.advance(events);
          progress.stopIfCancelled();
        });
  }
}
