package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.find.FindLimits;
import io.vsmmu.debugger.find.FindMode;
import io.vsmmu.debugger.find.FindQuery;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.EnumNames;
import io.vsmmu.rest.value.LogPoints;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
        @Schema(
            description =
                "Position or bookmark behind which next, or in front of which previous, searches")
        String at,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            description =
                "First position, bookmark or instant; by default the beginning of the log")
        String from,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(description = "Last position, bookmark or instant; by default the newest event")
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
  FindQuery query(VsmmuDirectory directory, RegisteredVsmmu vsmmu) {
    FindMode givenMode = givenMode();
    checkMembers(givenMode);
    LogPoint first = directory.point(vsmmu, "from", LogPoints.inField("from", from));
    LogPoint last = directory.point(vsmmu, "to", LogPoints.inField("to", to));
    switch (givenMode) {
      case NEXT -> first = LogPoint.position(givenAt(directory, vsmmu) + 1);
      case PREVIOUS -> last = LogPoint.position(givenAt(directory, vsmmu) - 1);
      case FIRST, LAST, ALL -> {}
    }
    return new FindQuery(
        vsmmu.id(),
        Expression.of(
            ProblemException.required("expression", expression, "a condition, see docs/find.md")),
        givenMode,
        first,
        last,
        count("limit", limit, FindLimits.DEFAULT_HITS, FindLimits.HITS),
        givenMode == FindMode.ALL && givenDirection() == Direction.BACKWARD,
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
    return EnumNames.orElse("mode", mode, FindMode.class, FindMode.FIRST);
  }

  /** A position behind and in front of which there is another one. */
  private long givenAt(VsmmuDirectory directory, RegisteredVsmmu vsmmu) {
    String text = ProblemException.required("at", at, "a position, with mode next or previous");
    long position = directory.position(vsmmu, "at", LogPoints.positionInField("at", text));
    return Math.min(position, Long.MAX_VALUE - 1);
  }

  /**
   * A member that has a meaning with some modes only.
   *
   * @param given null if it is absent
   */
  private record Member(String name, @Nullable String given, Set<FindMode> modes) {}

  /** Refuses a member that has no meaning with the mode: it would change nothing. */
  private void checkMembers(FindMode givenMode) {
    boolean contradicts = mode != null && givenDirection() == Direction.BACKWARD;
    for (Member member :
        List.of(
            new Member("from", from, EnumSet.complementOf(EnumSet.of(FindMode.NEXT))),
            new Member("to", to, EnumSet.complementOf(EnumSet.of(FindMode.PREVIOUS))),
            new Member("at", at, EnumSet.of(FindMode.NEXT, FindMode.PREVIOUS)),
            new Member("limit", limit, EnumSet.of(FindMode.ALL)),
            new Member("buckets", buckets, EnumSet.of(FindMode.ALL)),
            new Member("direction", contradicts ? direction : null, EnumSet.of(FindMode.ALL)))) {
      String given = member.given();
      if (given != null && !member.modes().contains(givenMode)) {
        throw ProblemException.invalid(
            member.name(), given, "nothing with mode " + givenMode.name().toLowerCase(Locale.ROOT));
      }
    }
  }

  private static int count(String field, @Nullable String text, int otherwise, int most) {
    return text == null ? otherwise : (int) Numbers.between(field, text, 0, most);
  }
}
