package io.vsmmu.host;

/** A feature of a vSMMU that is shown, hidden, or taken from the host at the first attach. */
public enum OnOffAuto {
  /** Shown; a host without it is refused. */
  ON("on"),
  /** Hidden. */
  OFF("off"),
  /** As the host has it. */
  AUTO("auto");

  private final String text;

  OnOffAuto(String text) {
    this.text = text;
  }

  /** The text form: on, off, auto. */
  public String text() {
    return text;
  }

  /**
   * The setting of this text.
   *
   * @param field name of the property, for the message
   * @throws IllegalArgumentException naming the field, its value and what is allowed
   */
  public static OnOffAuto parse(String field, String text) {
    for (OnOffAuto setting : values()) {
      if (setting.text.equals(text)) {
        return setting;
      }
    }
    throw new IllegalArgumentException(
        "%s: '%s', allowed is on, off or auto".formatted(field, text));
  }
}
