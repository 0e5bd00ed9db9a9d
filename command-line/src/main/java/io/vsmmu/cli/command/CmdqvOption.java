package io.vsmmu.cli.command;

import java.util.Locale;

/** Whether the guest may have command queues that the log does not see. */
enum CmdqvOption {
  OFF,
  ACCEPT_BLIND;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
