package io.vsmmu.rest.recording;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.recording.ImportProgress;
import io.vsmmu.control.recording.ImportRequest;
import io.vsmmu.control.recording.RecordingResult;
import io.vsmmu.control.recording.RecordingService;
import io.vsmmu.problem.Problem;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.intake.ClientConnection;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Imports of recordings: {@code /recordings}. */
@RestController
@Tag(name = "Recordings")
class RecordingController {

  private static final String BODY = "body";

  private final RecordingService recordings;
  private final TimeTravel states;

  RecordingController(RecordingService recordings, TimeTravel states) {
    this.recordings = recordings;
    this.states = states;
  }

  @PostMapping(path = "/api/v1/recordings", produces = "application/json")
  @Operation(
      operationId = "importRecording",
      summary = "Imports a recording",
      description =
          "The body is the file, of any size and media type; a trace may be compressed with gzip or"
              + " zstd. Nothing is stored before all of it is received, and all of its vSMMUs are"
              + " imported or none: until then none is seen. GET /recordings shows its progress;"
              + " DELETE, or closing the connection, stops it, and nothing of it is left.",
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = "application/octet-stream",
                      schema = @Schema(type = "string", format = "binary"))))
  @ApiResponse(responseCode = "201", description = "It is in the log")
  ResponseEntity<RecordingResource> importRecording(
      @Parameter(description = "qemu-trace or vsmmu (an export)") @RequestParam
          RecordingService.Format format,
      @Parameter(
              description =
                  "What to call its vSMMU; several get -a, -b and so on behind it, or one name each"
                      + " with commas between them. A taken name gets a number. Default: after the"
                      + " file")
          @RequestParam(required = false)
          @Nullable String name,
      @Parameter(description = "Name of the recording's file, such as boot.trace.log.gz")
          @RequestParam(required = false)
          @Nullable String file,
      @Parameter(
              description =
                  "UUID by which to ask for its progress, GET /recordings/{id}. Default: a random"
                      + " one")
          @RequestParam(required = false)
          @Nullable UUID id,
      @Parameter(hidden = true) HttpServletRequest request)
      throws IOException {
    ImportRequest wanted =
        new ImportRequest(
            id == null ? UUID.randomUUID() : id,
            format,
            name,
            file,
            request.getContentLengthLong(),
            () -> ClientConnection.isClosed(request));
    if (file != null) {
      AuditTrail.detail(request, file);
    }
    return switch (recordings.importFrom(request.getInputStream(), wanted)) {
      case RecordingResult.Refused(Problem problem) ->
          throw ProblemException.of(
              problem.field().equals(BODY)
                  ? ProblemType.RECORDING_REFUSED
                  : ProblemType.INVALID_FIELD,
              List.of(problem));
      case RecordingResult.Imported imported -> answer(imported, file, request);
    };
  }

  @GetMapping(path = "/api/v1/recordings", produces = "application/json")
  @Operation(
      operationId = "listImports",
      summary = "Imports under way",
      description =
          "And the newest 64 that ended since the service was started. The oldest comes first.")
  ImportResource.Imports list() {
    return new ImportResource.Imports(
        recordings.imports().stream().map(ImportResource::of).toList());
  }

  @GetMapping(path = "/api/v1/recordings/{id}", produces = "application/json")
  @Operation(operationId = "getImport", summary = "The progress of an import, or its outcome")
  ImportResource get(@PathVariable String id) {
    return ImportResource.of(
        parsed(id).flatMap(recordings::progress).orElseThrow(() -> unknown(id)));
  }

  @DeleteMapping(path = "/api/v1/recordings/{id}", produces = "application/json")
  @Operation(
      operationId = "stopImport",
      summary = "Stops an import",
      description =
          "Nothing of it is left. The answer is its outcome: STOPPED, or RUNNING when it"
              + " cannot end at once, as while its body is not received.")
  ImportResource stop(@PathVariable String id, HttpServletRequest request)
      throws InterruptedException {
    ImportProgress before = parsed(id).flatMap(recordings::progress).orElseThrow(() -> unknown(id));
    if (before.file() != null) {
      AuditTrail.detail(request, before.file());
    }
    ImportProgress after =
        before.status() == ImportProgress.Status.RUNNING
            ? recordings.stop(before.id()).orElse(before)
            : before;
    boolean stops =
        before.status() == ImportProgress.Status.RUNNING
            && (after.status() == ImportProgress.Status.STOPPED
                || after.status() == ImportProgress.Status.RUNNING);
    if (!stops) {
      throw ProblemException.of(
          ProblemType.CONFLICT,
          "status",
          after.status().name(),
          "an import that runs"
              + (after.status() == ImportProgress.Status.DONE
                  ? "; this one is in the log: DELETE its vSMMUs "
                      + String.join(", ", after.vsmmus())
                  : ""));
    }
    return ImportResource.of(after);
  }

  private static ProblemException unknown(String id) {
    return ProblemException.of(
        ProblemType.NOT_FOUND,
        "id",
        id,
        "id of an import that runs, or of one of the newest %d that ended since the service was started"
            .formatted(RecordingService.KEPT));
  }

  private static Optional<UUID> parsed(String id) {
    try {
      UUID uuid = UUID.fromString(id);
      return uuid.toString().equalsIgnoreCase(id) ? Optional.of(uuid) : Optional.empty();
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private ResponseEntity<RecordingResource> answer(
      RecordingResult.Imported imported, @Nullable String file, HttpServletRequest request) {
    RecordingResource resource =
        RecordingResource.of(imported, (vsmmu, sequence) -> states.positionOf(vsmmu, sequence));
    AuditTrail.vsmmu(request, resource.recording());
    AuditTrail.detail(
        request,
        "%s%s, %s"
            .formatted(
                file == null ? "" : file + ": ",
                counted(resource.vsmmus().size(), "vSMMU"),
                counted(resource.lines(), "line")));
    return ResponseEntity.created(URI.create("/api/v1/vsmmus/" + resource.recording()))
        .body(resource);
  }
}
