package io.vsmmu.rest.debugger;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.debugger.expression.Expression.ReadValue;
import io.vsmmu.debugger.find.FindAnswer;
import io.vsmmu.debugger.find.FindAnswer.Bucket;
import io.vsmmu.debugger.find.FindAnswer.Damage;
import io.vsmmu.debugger.find.FindAnswer.Hit;
import io.vsmmu.debugger.find.FindAnswer.Run;
import io.vsmmu.debugger.find.FindMode;
import io.vsmmu.debugger.find.FindQuery;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Schema(name = "FindAnswer", description = "Where a condition holds in the log of a vSMMU")
record FindResource(
    String expression,
    @Schema(description = "first, last, next, previous or all") String mode,
    @Schema(description = "Position of the first event that was searched; null if there is none")
        @Nullable Long from,
    @Schema(description = "Position of the last event that was searched; null if there is none")
        @Nullable Long to,
    @Schema(description = "Events of the vSMMU from there to there") long events,
    @Schema(
            description =
                "Whether each event at which the condition holds is a hit of its own; otherwise a"
                    + " hit is an event at which it begins to hold")
        boolean occurrence,
    @Schema(description = "Whether it was found without reading every event") boolean bisected,
    @Schema(description = "In the order of positions; at most one unless mode is all")
        List<FindHit> hits,
    @Schema(description = "The number of all hits; with mode all this may be more than are given")
        long found,
    @Schema(description = "With mode all: events at which the condition holds; else null")
        @Nullable Long holding,
    @Schema(description = "Counts by interval, if buckets were asked for") List<FindBucket> buckets,
    @Nullable
        @Schema(
            description =
                "Where the log cannot be read: the answer is about the events in front of it; null"
                    + " if all of it can be read")
        FindDamage damage,
    @Schema(description = "What the reader should know, such as a StreamID that never occurs")
        List<String> notes) {

  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "FindHit", description = "An event at which a condition holds or begins to hold")
  record FindHit(
      long position,
      long sequence,
      @Schema(description = "When the event was recorded") String time,
      @Schema(description = "Type of the event") String type,
      @Nullable @Schema(description = "With mode all: position of the last event at which it holds")
          Long to,
      @Nullable @Schema(description = "When that event was recorded") String toTime,
      @Nullable @Schema(description = "With mode all: the number of events at which it holds")
          Long events,
      @ArraySchema(
              arraySchema =
                  @Schema(
                      description =
                          "The values that the expression reads; of any, all and count those of"
                              + " the items that made the condition hold"),
              schema = @Schema(implementation = FindValue.class))
          List<Map<String, @Nullable Object>> values) {

    static FindHit of(Hit hit) {
      Run run = hit.run();
      return new FindHit(
          hit.position(),
          hit.sequence(),
          hit.time().toString(),
          hit.type(),
          run == null ? null : (Long) run.to(),
          run == null ? null : run.toTime().toString(),
          run == null ? null : (Long) run.events(),
          hit.values().stream().map(FindValue::of).toList());
    }
  }

  /** Describes a value; it is written as a map, because a value of the event has no before. */
  @Schema(name = "FindValue", description = "A value before and after an event")
  record FindValue(
      @Schema(description = "Its path, behind that of the item within any, all and count")
          String path,
      @Nullable
          @Schema(
              description =
                  "null if it was absent; missing for values of the event, position and time")
          Object before,
      @Nullable @Schema(description = "null if it is absent") Object after) {

    static Map<String, @Nullable Object> of(ReadValue it) {
      Map<String, @Nullable Object> value = new LinkedHashMap<>();
      value.put("path", it.path());
      if (it.hasBefore()) {
        value.put("before", it.before());
      }
      value.put("after", it.after());
      return value;
    }
  }

  @Schema(name = "FindBucket", description = "Counts in an interval of positions")
  record FindBucket(
      @Schema(description = "First position, inclusive") long from,
      @Schema(description = "Last position, inclusive") long to,
      @Schema(description = "Hits that begin in it") long found,
      @Schema(description = "Events in it at which the condition holds") long holding) {

    static FindBucket of(Bucket it) {
      return new FindBucket(it.from(), it.to(), it.found(), it.holding());
    }
  }

  @Schema(name = "FindDamage", description = "Where a log cannot be read")
  record FindDamage(
      @Schema(
              description =
                  "Sequence of the event that is missing, is not the one that was appended, or"
                      + " cannot be decoded")
          long sequence,
      @Nullable @Schema(description = "Its position; null if it is missing") Long position,
      @Schema(description = "What is wrong with it") String problem) {

    static @Nullable FindDamage of(@Nullable Damage it) {
      return it == null
          ? null
          : new FindDamage(
              it.sequence(), it.position() == 0 ? null : (Long) it.position(), it.problem());
    }
  }

  static FindResource of(FindQuery query, FindAnswer answer, List<String> notes) {
    boolean searched = answer.events() > 0;
    return new FindResource(
        query.expression().text(),
        query.mode().name().toLowerCase(Locale.ROOT),
        searched ? (Long) answer.from() : null,
        searched ? (Long) answer.to() : null,
        answer.events(),
        answer.occurrence(),
        answer.bisected(),
        answer.hits().stream().map(FindHit::of).toList(),
        answer.found(),
        query.mode() == FindMode.ALL ? (Long) answer.holding() : null,
        answer.buckets().stream().map(FindBucket::of).toList(),
        FindDamage.of(answer.damage()),
        notes);
  }
}
