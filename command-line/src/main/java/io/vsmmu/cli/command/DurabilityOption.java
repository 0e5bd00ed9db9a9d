package io.vsmmu.cli.command;

import java.util.Locale;

/** How far the log of invalidations may lag behind their execution. */
enum DurabilityOption {
  COMMITTED,
  BOUNDED_LOSS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
