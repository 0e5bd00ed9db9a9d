package io.vsmmu.problem;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong, with what its reader needs to correct it. Requests that are refused,
 * hosts that cannot back a vSMMU and machines that cannot be described all report problems of this
 * shape; the REST interface and the command line print them without knowing where they come from.
 *
 * @param field what is wrong: the path of a request's field, a register field such as {@code
 *     IDR5.OAS}, a device or a file
 * @param given the value that was found there; null if a value is missing
 * @param required the value that would do; empty where {@code remedy} alone says it
 * @param remedy what the reader can do next; empty where {@code required} alone says it
 */
public record Problem(String field, @Nullable String given, String required, String remedy) {

  /** A value that is wrong, where the remedy is to give what is required. */
  public Problem(String field, @Nullable String given, String required) {
    this(field, given, required, "");
  }

  /** What is required and what to do, joined; the field {@code allowed} of the REST interface. */
  public String allowed() {
    return joined("; ");
  }

  /**
   * The same problem as one of the request's field that named the thing: an unusable device, for
   * instance, as a problem of the field {@code hostDevice}. What was wrong is then part of {@code
   * given}.
   */
  public Problem of(String requestField) {
    return new Problem(requestField, "%s: %s".formatted(field, given), required, remedy);
  }

  /** The problem as the reason of a refusal. */
  public String refusal() {
    return "%s: %s; allowed: %s".formatted(field, given, allowed());
  }

  /** The problem as one sentence: field, given value, required value and advice. */
  public String message() {
    if (given == null) {
      return "%s is missing; required: %s".formatted(field, joined(": "));
    }
    return required.isEmpty()
        ? "%s: %s; %s".formatted(field, given, remedy)
        : "%s is %s, but must be %s".formatted(field, given, joined(": "));
  }

  private String joined(String separator) {
    return required.isEmpty() || remedy.isEmpty()
        ? required + remedy
        : required + separator + remedy;
  }
}
