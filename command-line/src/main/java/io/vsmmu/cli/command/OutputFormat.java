package io.vsmmu.cli.command;

import java.util.Locale;

/** The values of {@code --output}. */
enum OutputFormat {
  /** Text whose tables fit the width of the terminal. */
  TABLE,
  /** The answer of the service, unchanged. */
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
