package io.vsmmu.platform;

/**
 * A reason why something cannot be built.
 *
 * @param field path of the wrong value in the input
 * @param given the value
 * @param required the values that are accepted
 * @param remedy what the user can do
 */
public record Refusal(String field, String given, String required, String remedy) {

  /** The four parts as one sentence. */
  public String message() {
    return field + " is " + given + ", but must be " + required + ": " + remedy;
  }
}
