package io.vsmmu.cli.command;

import picocli.CommandLine.Command;

@Command(name = "pause", description = "Holds the guest's accesses until resume.")
final class PauseCommand extends ControlCommand {

  PauseCommand() {
    super("pause", "paused");
  }
}
