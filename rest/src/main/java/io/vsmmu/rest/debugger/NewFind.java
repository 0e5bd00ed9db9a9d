package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.find.FindLimits;
import io.vsmmu.debugger.find.FindMode;
import io.vsmmu.debugger.find.FindQuery;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.EnumNames;
import io.vsmmu.rest.value.LogPoints;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Numbers;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The body of {@code POST .../find}. */
@Schema(name = "NewFind")
record NewFind(
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "A condition in the language of docs/find.md",
            example = "streams[\"0x900\"].configuration == \"TRANSLATE\"")
        String expression,
    @Nullable
        @Schema(
            description =
                "first (the default), last, next, previous or all; without it, direction backward"
                    + " means last")
        String mode,
    @Nullable
        @Schema(
            description =
                "forward (the default) or backward: with mode all, whether the oldest or the newest"
                    + " hits are given if there are more than limit")
        String direction,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(description = "Position behind which next, or in front of which previous, searches")
        String at,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(description = "First position, or an instant; by default the beginning of the log")
        String from,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(description = "Last position, or an instant; by default the newest event")
        String to,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(description = "Most hits of the answer with mode all, 0 to 1000; by default 100")
        String limit,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            description =
                "With mode all: number of intervals between from and to in which hits are counted,"
                    + " 0 (the default) to 1000")
        String buckets) {

  /** Which way a search goes. */
  private enum Direction {
    FORWARD,
    BACKWARD
  }

  /**
   * The query for a vSMMU.
   *
   * @throws ProblemException if a value is missing or not allowed
   * @throws io.vsmmu.debugger.expression.MalformedExpressionException if the expression is not one
   */
  FindQuery query(int vsmmu) {
    FindMode givenMode = givenMode();
    LogPoint first = LogPoints.inField("from", from);
    LogPoint last = LogPoints.inField("to", to);
    switch (givenMode) {
      case NEXT -> {
        refuse("from", from, givenMode);
        first = LogPoint.position(givenAt() + 1);
      }
      case PREVIOUS -> {
        refuse("to", to, givenMode);
        last = LogPoint.position(givenAt() - 1);
      }
      case FIRST, LAST, ALL -> refuse("at", at, givenMode);
    }
    boolean all = givenMode == FindMode.ALL;
    if (!all) {
      refuse("limit", limit, givenMode);
      refuse("buckets", buckets, givenMode);
    }
    return new FindQuery(
        vsmmu,
        Expression.of(
            ProblemException.required("expression", expression, "a condition, see docs/find.md")),
        givenMode,
        first,
        last,
        count("limit", limit, FindLimits.DEFAULT_HITS, FindLimits.HITS),
        all && givenDirection() == Direction.BACKWARD,
        count("buckets", buckets, 0, FindLimits.BUCKETS));
  }

  private Direction givenDirection() {
    return EnumNames.orElse("direction", direction, Direction.class, Direction.FORWARD);
  }

  private FindMode givenMode() {
    boolean backward = givenDirection() == Direction.BACKWARD;
    if (mode == null) {
      return backward ? FindMode.LAST : FindMode.FIRST;
    }
    FindMode given = EnumNames.orElse("mode", mode, FindMode.class, FindMode.FIRST);
    if (backward && given != FindMode.ALL) {
      refuse("direction", direction, given);
    }
    return given;
  }

  private long givenAt() {
    return Numbers.between(
        "at",
        ProblemException.required("at", at, "a position, with mode next or previous"),
        0,
        Long.MAX_VALUE - 1);
  }

  private static int count(String field, @Nullable String text, int otherwise, int most) {
    return text == null ? otherwise : (int) Numbers.between(field, text, 0, most);
  }

  private static void refuse(String field, @Nullable String text, FindMode mode) {
    if (text != null) {
      throw ProblemException.of(
          ProblemType.INVALID_FIELD,
          field,
          text,
          "nothing with mode " + mode.name().toLowerCase(Locale.ROOT));
    }
  }
}
