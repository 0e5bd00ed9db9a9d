package io.vsmmu.rest.recording;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.debugger.trace.TraceExport;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.rest.intake.Client;
import io.vsmmu.rest.intake.ClientRoom;
import io.vsmmu.rest.intake.RequestLimits;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The log of a vSMMU as a trace that ui.perfetto.dev opens: {@code /vsmmus/{name}/trace}. */
@RestController
@Tag(name = "Recordings")
class TraceController {

  /**
   * The greatest number of traces that are written at the same time; a further one is refused with
   * TOO_BUSY. Each holds a connection to the database for as long as its client reads.
   */
  static final int TRACES = 2;

  private final VsmmuDirectory directory;
  private final EventDatabase database;
  private final TraceExport traces;
  private final ClientRoom room;

  TraceController(
      VsmmuDirectory directory, EventDatabase database, TimeTravel states, RequestLimits limits) {
    this.room = new ClientRoom("traces", TRACES, limits.traces());
    this.directory = directory;
    this.database = database;
    this.traces = new TraceExport(database.log(), states);
  }

  @GetMapping(path = "/api/v1/vsmmus/{name:[^:]+}/trace", produces = "application/json")
  @Operation(
      operationId = "traceVsmmu",
      summary = "The log of a vSMMU as a trace that ui.perfetto.dev opens",
      description =
          "The JSON of the Trace Event Format: rows for the guest's accesses, the command queue,"
              + " the host, faults and errors, operators, each stream, and what is not in the log;"
              + " arrows from a doorbell to the host's answer and to the streams that it"
              + " configured.")
  @ApiResponse(
      responseCode = "200",
      description = "The trace",
      content = @Content(mediaType = "application/json", schema = @Schema(type = "object")))
  void trace(
      @PathVariable String name,
      @Parameter(hidden = true) HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    RegisteredVsmmu vsmmu = directory.find(name);
    try (ClientRoom.Place _ = room.take(Client.of(request))) {
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      response.setHeader(
          HttpHeaders.CONTENT_DISPOSITION,
          ContentDisposition.attachment()
              .filename(vsmmu.name() + ".trace.json")
              .build()
              .toString());
      long last = database.log().lastSequence(vsmmu.id()).orElse(-1);
      traces.write(vsmmu, 0, last, response.getOutputStream());
    }
  }
}
