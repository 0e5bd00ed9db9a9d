package io.vsmmu.platform.vmm;

import java.util.Locale;

/** A property that a VMM may decide; AUTO is written by leaving the option out. */
public enum Choice {
  ON,
  OFF,
  AUTO;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
