package io.vsmmu.rest.recording;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.control.recording.RecordingService;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.Keyset.Span;
import io.vsmmu.rest.intake.Client;
import io.vsmmu.rest.intake.ClientRoom;
import io.vsmmu.rest.intake.RequestLimits;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The log of a vSMMU as a file: {@code /vsmmus/{name}/export}. */
@RestController
@Tag(name = "Recordings")
class ExportController {

  /**
   * The greatest number of exports at the same time; a further one is refused with TOO_BUSY. Each
   * holds a connection to the database for as long as its client reads.
   */
  static final int EXPORTS = 4;

  private final RecordingService recordings;
  private final VsmmuDirectory directory;
  private final ClientRoom room;

  ExportController(RecordingService recordings, VsmmuDirectory directory, RequestLimits limits) {
    this.room = new ClientRoom("exports", EXPORTS, limits.exports());
    this.recordings = recordings;
    this.directory = directory;
  }

  @GetMapping(path = "/api/v1/vsmmus/{name:[^:]+}/export", produces = "application/octet-stream")
  @Operation(
      operationId = "exportVsmmu",
      summary = "The log of a vSMMU, or a part of it, as one file",
      description =
          "POST /recordings?format=vsmmu takes a file that begins with the first event. A part that"
              + " begins later has the state before it and the hash with which its chain continues,"
              + " so that it can be verified without the rest (./vsmmu verify FILE).")
  @ApiResponse(
      responseCode = "200",
      description = "The file",
      content =
          @Content(
              mediaType = "application/octet-stream",
              schema = @Schema(type = "string", format = "binary")))
  void export(
      @PathVariable String name,
      @Parameter(description = "First position, bookmark or instant, inclusive")
          @RequestParam(required = false)
          @Nullable GivenPoint from,
      @Parameter(description = "Last position, bookmark or instant, inclusive")
          @RequestParam(required = false)
          @Nullable GivenPoint to,
      @Parameter(hidden = true) HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    RegisteredVsmmu vsmmu = directory.find(name);
    boolean whole = from == null && to == null;
    Span range = whole ? null : directory.range(vsmmu, "from", from, "to", to);
    try (ClientRoom.Place _ = room.take(Client.of(request))) {
      response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
      response.setHeader(
          HttpHeaders.CONTENT_DISPOSITION,
          ContentDisposition.attachment().filename(vsmmu.name() + ".vsmmu").build().toString());
      if (range == null) {
        recordings.export(vsmmu, response.getOutputStream());
      } else {
        recordings.export(vsmmu, range.first(), range.last(), response.getOutputStream());
      }
    }
  }
}
