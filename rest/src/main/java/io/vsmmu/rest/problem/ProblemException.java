package io.vsmmu.rest.problem;

import io.vsmmu.problem.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A failure that is answered with a problem detail. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ProblemType type;
  private final String detail;
  private final transient List<Problem> problems;
  private final @Nullable Integer offset;
  private final @Nullable Integer end;

  private ProblemException(ProblemType type, String detail, List<Problem> problems) {
    this(type, detail, problems, null, null);
  }

  private ProblemException(
      ProblemType type,
      String detail,
      List<Problem> problems,
      @Nullable Integer offset,
      @Nullable Integer end) {
    super(detail);
    this.type = type;
    this.detail = ProblemResource.encodable(detail);
    this.problems = List.copyOf(problems);
    this.offset = offset;
    this.end = end;
  }

  /**
   * A failure in a part of a text.
   *
   * @param offset of the first wrong character, from 0
   * @param end behind the last wrong character
   */
  public static ProblemException inText(ProblemType type, Problem problem, int offset, int end) {
    return new ProblemException(type, text(type, problem), List.of(problem), offset, end);
  }

  /**
   * A failure with one problem.
   *
   * @param value what was given; null if it is missing
   * @param allowed what is required, or what to do
   */
  public static ProblemException of(
      ProblemType type, String field, @Nullable String value, String allowed) {
    return of(type, List.of(new Problem(field, value, allowed)));
  }

  /** A failure with all problems of a request, at least one. */
  public static ProblemException of(ProblemType type, List<Problem> problems) {
    String detail = String.join("; ", problems.stream().map(it -> text(type, it)).toList());
    return new ProblemException(type, detail, problems);
  }

  /** A failure that no value of the request is the cause of. */
  public static ProblemException plain(ProblemType type, String detail) {
    return new ProblemException(type, detail, List.of());
  }

  /** A value that is not allowed; null for one that is missing in a list. */
  public static ProblemException invalid(String field, @Nullable String value, String allowed) {
    return of(ProblemType.INVALID_FIELD, field, value, allowed);
  }

  /**
   * A value that a request has to give.
   *
   * @throws ProblemException if it is null
   */
  public static String required(String field, @Nullable String value, String allowed) {
    if (value == null) {
      throw of(ProblemType.MISSING_FIELD, field, null, allowed);
    }
    return value;
  }

  public ProblemType type() {
    return type;
  }

  String detail() {
    return detail;
  }

  List<Problem> problems() {
    return problems;
  }

  /** The first wrong character of a text, from 0; null if that is unknown. */
  @Nullable Integer offset() {
    return offset;
  }

  /** The character behind the last wrong one, from 0; null if that is unknown. */
  @Nullable Integer end() {
    return end;
  }

  private static String text(ProblemType type, Problem problem) {
    String given = problem.given();
    if (type == ProblemType.UNKNOWN_FIELD) {
      return "there is no %s; allowed: %s".formatted(cut(problem.field()), problem.allowed());
    }
    return given == null
        ? "%s is missing; allowed: %s".formatted(problem.field(), problem.allowed())
        : "%s: '%s'; allowed: %s".formatted(problem.field(), cut(given), problem.allowed());
  }

  private static String cut(String value) {
    return value.length() <= ProblemResource.VALUE_CHARS
        ? value
        : value.substring(0, ProblemResource.VALUE_CHARS) + "...";
  }
}
