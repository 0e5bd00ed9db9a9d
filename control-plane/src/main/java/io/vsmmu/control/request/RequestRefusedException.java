package io.vsmmu.control.request;

import java.util.List;

/** A request that cannot be met; nothing was changed. */
public final class RequestRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What kind of refusal. */
  public enum Kind {
    /** Something named does not exist. */
    NOT_FOUND,
    /** It exists already, or is in a state that does not allow this. */
    CONFLICT,
    /** A value is not allowed. */
    INVALID,
    /** The host cannot do what is asked. */
    HOST_REFUSED
  }

  /**
   * One thing that is wrong.
   *
   * @param field what is wrong
   * @param value what was given
   * @param allowed what is allowed, or what to do
   */
  public record Reason(String field, String value, String allowed) {}

  private final Kind kind;
  private final transient List<Reason> reasons;

  public RequestRefusedException(Kind kind, List<Reason> reasons) {
    super(text(reasons));
    this.kind = kind;
    this.reasons = List.copyOf(reasons);
  }

  public RequestRefusedException(Kind kind, String field, String value, String allowed) {
    this(kind, List.of(new Reason(field, value, allowed)));
  }

  /** What kind of refusal. */
  public Kind kind() {
    return kind;
  }

  /** What is wrong, at least one thing. */
  public List<Reason> reasons() {
    return reasons;
  }

  private static String text(List<Reason> reasons) {
    return String.join(
        "; ",
        reasons.stream()
            .map(r -> "%s: %s; allowed: %s".formatted(r.field(), r.value(), r.allowed()))
            .toList());
  }
}
