package io.vsmmu.control.cli.service;

import java.util.Locale;

/** Which host stands behind the vSMMUs. */
enum HostKind {
  /** One that enforces the kernel's rules and touches no hardware. */
  SIMULATED,
  /** This machine's kernel. */
  IOMMUFD;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
