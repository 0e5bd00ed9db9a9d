package io.vsmmu.rest.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A problem detail as of RFC 9457.
 *
 * @param field what is wrong, if one thing is
 * @param value what was given there
 * @param allowed what is allowed there
 * @param reasons every single thing that is wrong, if there are several
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(description = "A problem detail (RFC 9457). Its types are listed in docs/api/problems.md.")
public record Problem(
    @Schema(description = "Kind of problem; never changes", example = "/problems/invalid-field")
        String type,
    String title,
    int status,
    @Schema(description = "What happened, for people") String detail,
    @Schema(description = "Path of the request") String instance,
    @Nullable @Schema(description = "What is wrong") String field,
    @Nullable @Schema(description = "What was given") String value,
    @Nullable @Schema(description = "What is allowed, or what to do") String allowed,
    @Nullable @Schema(description = "Every single thing, if several are wrong")
        List<Reason> reasons) {

  /** Characters of a value that are repeated. */
  public static final int VALUE_CHARS = 200;

  /** One thing that is wrong. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "ProblemReason", description = "One of several things that are wrong")
  public record Reason(String field, @Nullable String value, String allowed) {}

  /** The problem of this failure at this path. */
  static Problem of(ProblemException failure, String path) {
    List<Reason> reasons = failure.reasons().stream().map(Problem::shortened).toList();
    Reason only = reasons.size() == 1 ? reasons.getFirst() : null;
    ProblemType type = failure.type();
    return new Problem(
        type.uri(),
        type.title(),
        type.status(),
        failure.detail(),
        path,
        only == null ? null : only.field(),
        only == null ? null : only.value(),
        only == null ? null : only.allowed(),
        reasons.size() > 1 ? reasons : null);
  }

  /** What was refused before it was known what it asked for. */
  public static Problem refusal(ProblemType type, int status, String detail) {
    return new Problem(type.uri(), type.title(), status, detail, "", null, null, null, null);
  }

  private static Reason shortened(Reason reason) {
    String value = reason.value();
    return value == null || value.length() <= VALUE_CHARS
        ? reason
        : new Reason(
            reason.field(),
            value.substring(0, whole(value, VALUE_CHARS)) + "...",
            reason.allowed());
  }

  /** At most so many characters, but no half of a surrogate pair at the end. */
  private static int whole(String value, int most) {
    return Character.isHighSurrogate(value.charAt(most - 1)) ? most - 1 : most;
  }
}
