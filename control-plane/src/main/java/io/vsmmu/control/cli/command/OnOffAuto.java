package io.vsmmu.control.cli.command;

import java.util.Locale;

/** A property that the host may decide. */
enum OnOffAuto {
  AUTO,
  ON,
  OFF;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
