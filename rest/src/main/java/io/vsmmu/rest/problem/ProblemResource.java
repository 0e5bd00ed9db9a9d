package io.vsmmu.rest.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A problem detail as of RFC 9457.
 *
 * @param field the field of the only problem; null if there are none or several
 * @param value the given value; null if it is missing
 * @param allowed what is required, or what to do
 * @param offset where the given text is wrong, in characters from 0; null if that is unknown
 * @param end where the wrong part of it ends, exclusive; null if that is unknown
 * @param reasons all problems, if there are several; else null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(
    name = "Problem",
    description = "A problem detail (RFC 9457). Its types are listed in docs/api/problems.md.")
public record ProblemResource(
    @Schema(description = "Kind of problem; never changes", example = "/problems/invalid-field")
        String type,
    String title,
    int status,
    @Schema(description = "What happened, for people") String detail,
    @Schema(description = "Path of the request") String instance,
    @Nullable @Schema(description = "What is wrong") String field,
    @Nullable @Schema(description = "What was given") String value,
    @Nullable @Schema(description = "What is allowed, or what to do") String allowed,
    @Nullable @Schema(description = "First character of an expression that is wrong, from 0")
        Integer offset,
    @Nullable @Schema(description = "The character behind the last one that is wrong, from 0")
        Integer end,
    @Nullable @Schema(description = "Every single thing, if several are wrong")
        List<ProblemReason> reasons) {

  /** The greatest number of characters of a given value that an answer repeats. */
  public static final int VALUE_CHARS = 200;

  /** A {@link Problem} as JSON: {@code allowed} joins what is required and what to do. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "ProblemReason", description = "One of several things that are wrong")
  public record ProblemReason(String field, @Nullable String value, String allowed) {

    static ProblemReason of(Problem problem) {
      String given = problem.given();
      return new ProblemReason(
          encodable(problem.field()),
          given == null ? null : shortened(encodable(given)),
          problem.allowed());
    }

    private static String shortened(String value) {
      if (value.length() <= VALUE_CHARS) {
        return value;
      }
      boolean cutsPair = Character.isHighSurrogate(value.charAt(VALUE_CHARS - 1));
      return value.substring(0, cutsPair ? VALUE_CHARS - 1 : VALUE_CHARS) + "...";
    }
  }

  /** The text with halves of surrogate pairs, which UTF-8 cannot encode, as question marks. */
  static String encodable(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  /** A failure as the problem detail of the request for {@code path}. */
  static ProblemResource of(ProblemException failure, String path) {
    List<ProblemReason> reasons = failure.problems().stream().map(ProblemReason::of).toList();
    ProblemReason only = reasons.size() == 1 ? reasons.getFirst() : null;
    ProblemType type = failure.type();
    return new ProblemResource(
        type.uri(),
        type.title(),
        type.status(),
        failure.detail(),
        path,
        only == null ? null : only.field(),
        only == null ? null : only.value(),
        only == null ? null : only.allowed(),
        failure.offset(),
        failure.end(),
        reasons.size() > 1 ? reasons : null);
  }

  /** A request that the web server refused before its path was known. */
  public static ProblemResource refusal(ProblemType type, int status, String detail) {
    return new ProblemResource(
        type.uri(), type.title(), status, detail, "", null, null, null, null, null, null);
  }
}
