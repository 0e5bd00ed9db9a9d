package io.vsmmu.control.rest.recording;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.recording.RecordingResult;
import io.vsmmu.control.recording.RecordingService;
import io.vsmmu.control.rest.intake.AuditTrail;
import io.vsmmu.control.rest.problem.ProblemException;
import io.vsmmu.control.rest.problem.ProblemType;
import io.vsmmu.control.rest.value.Choices;
import io.vsmmu.projections.travel.TimeTravel;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /recordings}. */
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
              + " zstd. Nothing is stored before all of it is there, and all of its vSMMUs are"
              + " imported or none.",
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = "application/octet-stream",
                      schema = @Schema(type = "string", format = "binary"))))
  @ApiResponse(responseCode = "201", description = "It is in the log")
  ResponseEntity<RecordingResource> importRecording(
      @Parameter(description = "qemu-trace or vsmmu (an export)") @RequestParam String format,
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
      @Parameter(hidden = true) HttpServletRequest request)
      throws IOException {
    RecordingService.Format known = Choices.of("format", format, RecordingService.Format.class);
    return switch (recordings.importFrom(request.getInputStream(), known, name, file)) {
      case RecordingResult.Refused refused ->
          throw ProblemException.of(
              refused.field().equals(BODY)
                  ? ProblemType.RECORDING_REFUSED
                  : ProblemType.INVALID_FIELD,
              refused.field(),
              refused.value(),
              refused.allowed());
      case RecordingResult.Imported imported -> answer(imported, file, request);
    };
  }

  private ResponseEntity<RecordingResource> answer(
      RecordingResult.Imported imported, @Nullable String file, HttpServletRequest request) {
    RecordingResource resource =
        RecordingResource.of(imported, (vsmmu, sequence) -> states.positionOf(vsmmu, sequence));
    AuditTrail.vsmmu(request, resource.recording());
    AuditTrail.detail(
        request,
        "%s%d vSMMUs, %d lines"
            .formatted(
                file == null ? "" : file + ": ", resource.vsmmus().size(), resource.lines()));
    return ResponseEntity.created(URI.create("/api/v1/vsmmus/" + resource.recording()))
        .body(resource);
  }
}
