package io.vsmmu.rest.problem;

import io.vsmmu.rest.problem.Problem.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that ends in a problem detail. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ProblemType type;
  private final String detail;
  private final transient List<Reason> reasons;

  private ProblemException(ProblemType type, String detail, List<Reason> reasons) {
    super(detail);
    this.type = type;
    this.detail = text(detail);
    this.reasons =
        reasons.stream()
            .map(
                it ->
                    new Reason(
                        text(it.field()),
                        it.value() == null ? null : text(it.value()),
                        it.allowed()))
            .toList();
  }

  /** A problem with one value. */
  public static ProblemException of(
      ProblemType type, String field, @Nullable String value, String allowed) {
    return of(type, List.of(new Reason(field, value, allowed)));
  }

  /** A problem with several values. */
  public static ProblemException of(ProblemType type, List<Reason> reasons) {
    String detail = String.join("; ", reasons.stream().map(r -> text(type, r)).toList());
    return new ProblemException(type, detail, reasons);
  }

  /** A problem with no value in particular. */
  public static ProblemException plain(ProblemType type, String detail) {
    return new ProblemException(type, detail, List.of());
  }

  /** A value that is not allowed. */
  public static ProblemException invalid(String field, @Nullable String value, String allowed) {
    return of(ProblemType.INVALID_FIELD, field, value, allowed);
  }

  public ProblemType type() {
    return type;
  }

  String detail() {
    return detail;
  }

  List<Reason> reasons() {
    return reasons;
  }

  /** Halves of surrogate pairs, which no answer can hold, become question marks. */
  private static String text(String string) {
    return new String(string.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  private static String text(ProblemType type, Reason reason) {
    String value = reason.value();
    if (type == ProblemType.UNKNOWN_FIELD) {
      return "there is no %s; allowed: %s".formatted(cut(reason.field()), reason.allowed());
    }
    return value == null
        ? "%s is missing; allowed: %s".formatted(reason.field(), reason.allowed())
        : "%s: '%s'; allowed: %s".formatted(reason.field(), cut(value), reason.allowed());
  }

  private static String cut(String value) {
    return value.length() <= Problem.VALUE_CHARS
        ? value
        : value.substring(0, Problem.VALUE_CHARS) + "...";
  }
}
