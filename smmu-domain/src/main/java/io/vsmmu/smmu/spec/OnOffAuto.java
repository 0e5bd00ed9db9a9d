package io.vsmmu.smmu.spec;

import java.util.Locale;

/** How an operator chooses a feature that depends on the host, by the names that QEMU uses too. */
public enum OnOffAuto {
  /** As the host, the device or the VMM has it. */
  AUTO,
  /** Shown; what does not have it is refused. */
  ON,
  /** Hidden, even if the host has it. */
  OFF;

  /** The word for it in requests and on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
