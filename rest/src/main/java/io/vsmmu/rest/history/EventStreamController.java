package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.rest.intake.Client;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.GivenPosition;
import io.vsmmu.rest.value.WholeNumber;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import jakarta.servlet.http.HttpServletRequest;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Events as they are appended: {@code /vsmmus/{name}/events:stream}. */
@RestController
@Tag(name = "Events")
class EventStreamController {

  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final VsmmuDirectory directory;
  private final EventDatabase database;
  private final EventStreams streams;

  EventStreamController(VsmmuDirectory directory, EventDatabase database, EventStreams streams) {
    this.directory = directory;
    this.database = database;
    this.streams = streams;
  }

  @GetMapping(path = "/api/v1/vsmmus/{name:[^:]+}/events:stream", produces = "text/event-stream")
  @Operation(
      operationId = "streamEvents",
      summary = "Events as they happen (server-sent events)",
      description =
          "An event's id is its position: Last-Event-ID goes on behind it. Without it, and without"
              + " `after`, the stream begins with the next event. Comments keep it alive; it ends"
              + " behind the deletion of the vSMMU, and after an hour. While the database does not"
              + " answer, it sends what the journal has, and the rest afterwards.")
  @ApiResponse(
      responseCode = "200",
      description = "The data of each event is one Event",
      content =
          @Content(
              mediaType = "text/event-stream",
              schema = @Schema(implementation = EventResource.class)))
  SseEmitter stream(
      @PathVariable String name,
      @RequestHeader(name = LAST_EVENT_ID, required = false) @WholeNumber
          @Nullable Long lastEventId,
      @Parameter(description = "Position or bookmark behind which to begin; 0 for everything")
          @RequestParam(required = false)
          @Nullable GivenPosition after,
      @Parameter(hidden = true) HttpMethod method,
      @Parameter(hidden = true) HttpServletRequest request) {
    RegisteredVsmmu vsmmu = directory.find(name);
    if (HttpMethod.HEAD.equals(method)) {
      return EventStreams.headersOnly();
    }
    return streams.open(Client.of(request), vsmmu, firstSequence(vsmmu, lastEventId, after));
  }

  private long firstSequence(
      RegisteredVsmmu vsmmu, @Nullable Long lastEventId, @Nullable GivenPosition after) {
    String field = lastEventId == null ? "after" : LAST_EVENT_ID;
    GivenPosition seenLast = lastEventId == null ? after : GivenPosition.at(lastEventId);
    OptionalLong seen =
        seenLast == null
            ? database.log().lastSequence(vsmmu.id())
            : database
                .log()
                .sequenceAtPosition(
                    vsmmu.id(), inLog(field, directory.position(vsmmu, field, seenLast)));
    return seen.isEmpty() ? 0 : seen.getAsLong() + 1;
  }

  private long inLog(String field, long position) {
    long head = database.log().headPosition();
    if (position > head) {
      throw ProblemException.of(
          ProblemType.NOT_IN_LOG,
          field,
          String.valueOf(position),
          "the log ends at position " + head);
    }
    return position;
  }
}
