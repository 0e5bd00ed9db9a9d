package io.vsmmu.cli.command;

import java.util.Locale;

/** How an answer is printed. */
enum OutputFormat {
  /** For people. */
  TABLE,
  /** As the service sent it. */
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
