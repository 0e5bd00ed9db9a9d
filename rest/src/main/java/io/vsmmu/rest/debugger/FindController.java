package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.debugger.find.FindMode;
import io.vsmmu.debugger.find.FindQuery;
import io.vsmmu.debugger.find.Finder;
import io.vsmmu.debugger.find.StreamIdNotes;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import jakarta.servlet.http.HttpServletRequest;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Searches of a log: {@code /vsmmus/{name}/find}. */
@RestController
@Tag(name = "Debugger")
class FindController {

  private final VsmmuDirectory directory;
  private final EventLog log;
  private final Finder finder;
  private final StreamIdNotes streamIds;
  private final JobAnswers answers;

  FindController(
      VsmmuDirectory directory,
      EventDatabase database,
      Finder finder,
      StreamIdNotes streamIds,
      JobAnswers answers) {
    this.directory = directory;
    this.log = database.log();
    this.finder = finder;
    this.streamIds = streamIds;
    this.answers = answers;
  }

  @PostMapping(
      path = "/api/v1/vsmmus/{name:[^:]+}/find",
      consumes = "application/json",
      produces = "application/json")
  @Operation(
      operationId = "find",
      summary = "Finds the events at which a condition holds",
      description =
          "The condition is about the state after an event, as GET .../state shows it, and about"
              + " the event itself; docs/find.md describes the language. A search that takes longer"
              + " than 2 s is a job.")
  @ApiResponse(
      responseCode = "200",
      description = "The answer",
      content = @Content(schema = @Schema(implementation = FindResource.class)))
  @ApiResponse(
      responseCode = "202",
      description = "It is a job: GET the location until its state is done",
      content = @Content(schema = @Schema(implementation = JobResource.class)))
  ResponseEntity<Object> find(
      @PathVariable String name, @RequestBody NewFind wanted, HttpServletRequest request)
      throws Exception {
    AuditTrail.vsmmu(request, name);
    RegisteredVsmmu vsmmu = directory.find(name);
    FindQuery query = wanted.query(directory, vsmmu);
    checkWithinLog("from", query.from());
    checkWithinLog("to", query.to());
    if (query.mode() != FindMode.PREVIOUS) {
      checkOrder(vsmmu, query.from(), query.to());
    }
    return answers.answer(
        "find",
        request,
        progress ->
            FindResource.of(
                query,
                finder.find(query, progress),
                streamIds.notes(vsmmu.id(), vsmmu.name(), query.expression())));
  }

  /** Refuses a position beyond the log. */
  private void checkWithinLog(String field, @Nullable LogPoint point) {
    long head = log.headPosition();
    // A search behind the newest event is allowed: it finds nothing yet.
    if (point instanceof LogPoint.AtPosition(long position) && position > head + 1) {
      throw notInLog(field, position, "the log ends at position " + head);
    }
  }

  /** Refuses an end in front of the vSMMU's first event, or in front of the beginning. */
  private void checkOrder(RegisteredVsmmu vsmmu, @Nullable LogPoint from, @Nullable LogPoint to) {
    if (!(to instanceof LogPoint.AtPosition(long last))) {
      return;
    }
    OptionalLong sequence = log.firstSequence(vsmmu.id());
    long begin =
        sequence.isEmpty() ? 0 : log.positionOf(vsmmu.id(), sequence.getAsLong()).orElse(0);
    if (last < begin) {
      throw notInLog("to", last, "%s begins at position %d".formatted(vsmmu.name(), begin));
    }
    if (from instanceof LogPoint.AtPosition(long first) && first > last) {
      throw ProblemException.invalid(
          "to", String.valueOf(last), "a position not in front of from, which is " + first);
    }
  }

  private static ProblemException notInLog(String field, long position, String allowed) {
    return ProblemException.of(ProblemType.NOT_IN_LOG, field, String.valueOf(position), allowed);
  }
}
