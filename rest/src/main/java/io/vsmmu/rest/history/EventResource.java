package io.vsmmu.rest.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.debugger.cause.EventSentence;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.StreamConfigured;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Schema(name = "Event", description = "An event of a vSMMU")
public record EventResource(
    @Schema(description = "Place in the whole log, from 1") long position,
    @Schema(description = "Number within its vSMMU, from 0") long sequence,
    Instant time,
    @Schema(example = "StreamConfigured") String type,
    @Nullable
        @Schema(description = "What it follows from; null for an event that records a stimulus")
        Cause cause,
    @Nullable @Schema(description = "Who asked for it; null for the guest") String subject,
    @Schema(
            description = "What it did, in one sentence for people",
            example = "CFGI_STE StreamID=0x900, CMD_SYNC")
        String text,
    @Schema(
            type = "object",
            description =
                "What happened, by type. Registers, addresses, StreamIDs and words are \"0x..\""
                    + " strings. In lists at most 64 parts are shown and `omitted` counts the"
                    + " rest.")
        Map<String, @Nullable Object> data) {

  /** The event, and the command in it, that caused another event. */
  @Schema(name = "EventCause")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Cause(
      @Schema(description = "Position of the event that caused it") long position,
      @Nullable @Schema(description = "Index of the command in that event's slice")
          Integer command) {}

  /** The event with all of its data. */
  public static EventResource whole(EventItem item) {
    return of(item.event(), item.cause(), item.data());
  }

  /** The event with shortened lists, for a page of events. */
  public static EventResource brief(EventItem item) {
    return of(item.event(), item.cause(), item.brief());
  }

  private static EventResource of(
      LogEvent event, @Nullable Long cause, Map<String, @Nullable Object> data) {
    return new EventResource(
        event.position(),
        event.sequence(),
        event.time(),
        event.type(),
        cause(event, cause),
        event.subject(),
        EventSentence.of(event.event()),
        data);
  }

  static @Nullable Cause cause(LogEvent event, @Nullable Long cause) {
    if (cause == null) {
      return null;
    }
    boolean ofCommand =
        event.event() instanceof StreamConfigured configured && configured.entry() >= 0;
    return new Cause(
        cause, ofCommand ? (Integer) ((StreamConfigured) event.event()).entry() : null);
  }
}
