package io.vsmmu.platform;

/**
 * Why something cannot be made.
 *
 * @param field what is wrong, as a path into the input
 * @param given its value
 * @param required what would do
 * @param remedy what to do about it
 */
public record Refusal(String field, String given, String required, String remedy) {

  /** All of it in one sentence. */
  public String message() {
    return field + " is " + given + ", but must be " + required + ": " + remedy;
  }
}
