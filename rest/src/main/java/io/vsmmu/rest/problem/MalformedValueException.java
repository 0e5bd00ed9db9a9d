package io.vsmmu.rest.problem;

/** A text that does not have the form that its parameter or field requires. */
public final class MalformedValueException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String given;
  private final String required;

  /**
   * @param given the text, or the part of it that is wrong
   * @param required the form that it must have, for the client
   */
  public MalformedValueException(String given, String required) {
    super("%s; required: %s".formatted(given, required));
    this.given = given;
    this.required = required;
  }

  public String given() {
    return given;
  }

  public String required() {
    return required;
  }
}
