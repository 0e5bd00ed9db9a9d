package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.db.log.Micros;
import io.vsmmu.debugger.timeline.CountedKind;
import io.vsmmu.debugger.timeline.EventCounts;
import io.vsmmu.debugger.timeline.Timeline;
import io.vsmmu.debugger.timeline.TimelineAxis;
import io.vsmmu.debugger.timeline.TimelineBucket;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

@Schema(
    name = "Timeline",
    description = "A range of a vSMMU's log in buckets of equal width, with exact counts")
record TimelineResource(
    @Schema(description = "What the buckets are equal parts of: POSITION or TIME") TimelineAxis by,
    @Nullable
        @Schema(
            type = "string",
            description = "First position (a number) or instant; null without buckets")
        Object from,
    @Nullable @Schema(type = "string", description = "Last position or instant, inclusive")
        Object to,
    @Schema(description = "Positions, or microseconds, of each bucket; the last may be narrower")
        long width,
    @Schema(description = "All of them, those without events too") List<Bucket> buckets) {

  @Schema(name = "TimelineBucket", description = "The events of one part of a range")
  record Bucket(
      @Schema(type = "string", description = "First position or instant") Object from,
      @Schema(type = "string", description = "Last position or instant, inclusive") Object to,
      @Nullable @Schema(description = "Position of the first event; null without events")
          Long first,
      @Nullable @Schema(description = "Position of the last event") Long last,
      @Nullable @Schema(description = "The earliest time of an event") Instant firstTime,
      @Nullable @Schema(description = "The latest time of an event") Instant lastTime,
      long events,
      @Schema(description = "Register writes of the guest, doorbells included") long accesses,
      @Schema(description = "Writes of CMDQ_PROD") long doorbells,
      @Schema(description = "Commands that took effect, by name") Map<String, Long> commands,
      @Schema(description = "Calls of the service to its host") long hostCalls,
      @Schema(description = "Those that the host refused") long hostFailures,
      @Schema(description = "Calls of a recorded VMM to its own host") long recordedCalls,
      @Schema(description = "Event records that the host reported") long faults,
      @Schema(description = "Event records and page requests that the host lost") long lostRecords,
      long pageRequests,
      @Schema(description = "Stops of the command queue, and errors raised in GERROR") long errors,
      @Schema(description = "Configurations of streams, devices attached and detached")
          long streamChanges,
      @Schema(
              description =
                  "Events that were recorded while the guest had a hardware queue, whose commands"
                      + " are not in the log")
          long blind) {

    private static Bucket of(TimelineAxis axis, TimelineBucket it) {
      EventCounts counts = it.counts();
      return new Bucket(
          point(axis, it.from()),
          point(axis, it.to()),
          nullable(it.firstPosition()),
          nullable(it.lastPosition()),
          it.firstTime().orElse(null),
          it.lastTime().orElse(null),
          counts.get(CountedKind.EVENTS),
          counts.get(CountedKind.ACCESSES),
          counts.get(CountedKind.DOORBELLS),
          counts.commands(),
          counts.get(CountedKind.HOST_CALLS),
          counts.get(CountedKind.HOST_FAILURES),
          counts.get(CountedKind.RECORDED_CALLS),
          counts.get(CountedKind.FAULTS),
          counts.get(CountedKind.LOST_RECORDS),
          counts.get(CountedKind.PAGE_REQUESTS),
          counts.get(CountedKind.ERRORS),
          counts.get(CountedKind.STREAM_CHANGES),
          counts.get(CountedKind.BLIND));
    }

    private static @Nullable Long nullable(OptionalLong position) {
      return position.isPresent() ? (Long) position.getAsLong() : null;
    }
  }

  static TimelineResource of(TimelineAxis axis, Timeline it) {
    List<Bucket> buckets = it.buckets().stream().map(bucket -> Bucket.of(axis, bucket)).toList();
    return new TimelineResource(
        axis,
        buckets.isEmpty() ? null : buckets.getFirst().from(),
        buckets.isEmpty() ? null : buckets.getLast().to(),
        it.width(),
        buckets);
  }

  private static Object point(TimelineAxis axis, long value) {
    return switch (axis) {
      case POSITION -> value;
      case TIME -> Micros.toInstant(value);
    };
  }
}
