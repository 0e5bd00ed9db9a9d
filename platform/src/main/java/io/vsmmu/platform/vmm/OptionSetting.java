package io.vsmmu.platform.vmm;

import java.util.Locale;

/** The value of an on/off option of a VMM's device; AUTO omits the option, so the VMM decides. */
public enum OptionSetting {
  ON,
  OFF,
  AUTO;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
