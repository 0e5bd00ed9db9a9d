package io.vsmmu.cli.command;

import java.util.Locale;

/** What a replay does again. */
enum ReplayMode {
  /** Stored events are applied to a fresh host. */
  EVENTS,
  /** Recorded guest accesses are decided again. */
  COMMANDS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
