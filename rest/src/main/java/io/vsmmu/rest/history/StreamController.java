package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.StreamItem;
import io.vsmmu.projections.query.StreamQueries;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.value.Unsigned;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.smmu.event.StreamConfigured;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The history of a StreamID: {@code /vsmmus/{name}/streams}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}/streams", produces = "application/json")
@Tag(name = "Streams")
class StreamController {

  private final VsmmuDirectory directory;
  private final StreamQueries queries;

  StreamController(VsmmuDirectory directory, StreamQueries queries) {
    this.directory = directory;
    this.queries = queries;
  }

  /** A new configuration of a StreamID, or a device that was attached to or detached from it. */
  @Schema(name = "StreamChange", description = "Something in the life of a StreamID")
  record StreamChange(
      long position,
      long sequence,
      Instant time,
      @Schema(description = "StreamConfigured, DeviceAttached or DeviceDetached") String type,
      EventResource.@Nullable Cause cause,
      @Nullable @Schema(description = "Why it was configured; null for devices") String reason,
      @Nullable @Schema(description = "ABORT, BYPASS or TRANSLATE, as the guest has it")
          String configuration,
      @Nullable @Schema(description = "What transactions meet") String effective,
      @Nullable @Schema(description = "The STE's words that are known", example = "[\"0x1\"]")
          Object ste,
      @Nullable @Schema(description = "Why no word of the STE is known; null if one is")
          Object steUnknown,
      @Schema(description = "The STE's fields that differ from before: field, before, after")
          List<?> changed,
      @Schema(type = "object", description = "The event's data")
          Map<String, @Nullable Object> data) {

    static StreamChange of(StreamItem item) {
      StreamConfigured configured = item.event().event() instanceof StreamConfigured it ? it : null;
      Map<String, @Nullable Object> data = item.data();
      return new StreamChange(
          item.event().position(),
          item.event().sequence(),
          item.event().time(),
          item.event().type(),
          EventResource.cause(item.event(), item.cause()),
          configured == null ? null : configured.reason().name(),
          configured == null ? null : configured.configuration().name(),
          configured == null ? null : configured.effective().name(),
          data.get("ste"),
          data.get("steUnknown"),
          item.changes(),
          data);
    }
  }

  @GetMapping("/{sid}/history")
  @Operation(
      operationId = "listStreamHistory",
      summary = "The life of a StreamID, oldest first",
      description = "Every STE with what changed, why, and what caused it; and its devices.")
  PageResource<StreamChange> history(
      @PathVariable String name,
      @Parameter(example = "0x900") @PathVariable @Unsigned(bits = Numbers.SID_BITS) int sid,
      @ParameterObject LogPageQuery page) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    return PageResource.of(
        queries.history(vsmmu.id(), sid, page.of(directory, vsmmu).keyset()), StreamChange::of);
  }
}
