package io.vsmmu.platform.vmm;

import java.util.Locale;

/** An on or off option of a VMM's device; AUTO leaves the option out, and so to the VMM. */
public enum OptionSetting {
  ON,
  OFF,
  AUTO;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
