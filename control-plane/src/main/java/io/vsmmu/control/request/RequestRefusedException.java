package io.vsmmu.control.request;

import io.vsmmu.problem.Problem;
import java.util.List;

/** A request that cannot be met; nothing was changed. */
public final class RequestRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** The kind of a refusal; the REST interface derives the HTTP status from it. */
  public enum Kind {
    /** Something named does not exist. */
    NOT_FOUND,
    /** It exists already, or is in a state that does not allow this. */
    CONFLICT,
    /** A value of the request is not allowed. */
    INVALID,
    /** The host cannot do what is asked. */
    HOST_REFUSED,
    /** A resource of the process is exhausted. */
    EXHAUSTED
  }

  private final Kind kind;
  private final transient List<Problem> problems;

  /**
   * @param problems every problem of the request, at least one
   */
  public RequestRefusedException(Kind kind, List<Problem> problems) {
    super(text(problems));
    this.kind = kind;
    this.problems = List.copyOf(problems);
  }

  public RequestRefusedException(Kind kind, String field, String given, String required) {
    this(kind, List.of(new Problem(field, given, required)));
  }

  public Kind kind() {
    return kind;
  }

  /** Every problem of the request, at least one. */
  public List<Problem> problems() {
    return problems;
  }

  private static String text(List<Problem> problems) {
    return String.join("; ", problems.stream().map(Problem::refusal).toList());
  }
}
