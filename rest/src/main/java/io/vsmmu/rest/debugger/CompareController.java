package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.job.JobProgress;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.debugger.compare.Comparison;
import io.vsmmu.debugger.compare.LogComparer;
import io.vsmmu.debugger.compare.LogPart;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.smmu.stimulus.Origin;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Comparisons of two logs: {@code /vsmmus/{name}/compare}. */
@RestController
@Tag(name = "Debugger")
class CompareController {

  private final VsmmuDirectory directory;
  private final LogComparer comparer;
  private final TimeTravel states;
  private final JobAnswers answers;

  CompareController(
      VsmmuDirectory directory, LogComparer comparer, TimeTravel states, JobAnswers answers) {
    this.directory = directory;
    this.states = states;
    this.comparer = comparer;
    this.answers = answers;
  }

  @GetMapping(path = "/api/v1/vsmmus/{name:[^:]+}/compare", produces = "application/json")
  @Operation(
      operationId = "compareLogs",
      summary = "What two logs differ in, aligned by the guest's accesses",
      description =
          "A is the vSMMU of the path, B that of `with`; the two may be the same, for two parts of"
              + " one log. A comparison that takes longer than 2 s is a job. docs/compare.md says"
              + " what is compared.")
  @ApiResponse(
      responseCode = "200",
      description = "The answer",
      content = @Content(schema = @Schema(implementation = Comparison.class)))
  @ApiResponse(
      responseCode = "202",
      description = "It is a job: GET the location until its state is done",
      content = @Content(schema = @Schema(implementation = JobResource.class)))
  ResponseEntity<Object> compare(
      @PathVariable String name,
      @Parameter(description = "Name or id of the vSMMU B") @RequestParam String with,
      @Parameter(description = "First position, bookmark or instant of A, inclusive")
          @RequestParam(required = false)
          @Nullable GivenPoint from,
      @Parameter(description = "Last position, bookmark or instant of A, inclusive")
          @RequestParam(required = false)
          @Nullable GivenPoint to,
      @Parameter(description = "First position, bookmark or instant of B, inclusive")
          @RequestParam(required = false)
          @Nullable GivenPoint otherFrom,
      @Parameter(description = "Last position, bookmark or instant of B, inclusive")
          @RequestParam(required = false)
          @Nullable GivenPoint otherTo,
      @Parameter(
              description =
                  "true: addresses are ignored, and ids (StreamID, SubstreamID, ASID, VMID) are"
                      + " compared by which has the part of which in the other log",
              schema = @Schema(defaultValue = "false"))
          @RequestParam(required = false)
          @Nullable Boolean normalise,
      HttpServletRequest request)
      throws Exception {
    LogPart a = part(directory.find(name), "from", from, "to", to);
    LogPart b = part(directory.find("with", with), "otherFrom", otherFrom, "otherTo", otherTo);
    boolean normalised = normalise != null && normalise;
    return answers.answer("compare", request, progress -> compared(a, b, normalised, progress));
  }

  private Comparison compared(LogPart a, LogPart b, boolean normalised, JobProgress progress) {
    progress.total(a.events() + b.events());
    return comparer.compare(
        a,
        b,
        normalised,
        events -> {
          progress.advance(events);
          progress.stopIfCancelled();
        });
  }

  private LogPart part(
      RegisteredVsmmu vsmmu,
      String fromField,
      @Nullable GivenPoint from,
      String toField,
      @Nullable GivenPoint to) {
    Span range = directory.range(vsmmu, fromField, from, toField, to);
    return new LogPart(
        vsmmu.id(),
        vsmmu.name(),
        range.first(),
        range.last(),
        vsmmu.originMicros(),
        isRecording(vsmmu));
  }

  /** As its first event says, whatever is damaged behind it. */
  private boolean isRecording(RegisteredVsmmu vsmmu) {
    return states.before(vsmmu.id(), 1).origin() == Origin.QEMU_TRACE;
  }
}
