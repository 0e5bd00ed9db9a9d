package io.vsmmu.cli.command;

import java.util.Locale;

/** How an answer is printed. */
enum OutputFormat {
  /** Text for people. */
  TABLE,
  /** The answer of the service, unchanged. */
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
