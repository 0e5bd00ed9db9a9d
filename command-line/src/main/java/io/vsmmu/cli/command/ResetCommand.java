package io.vsmmu.cli.command;

import picocli.CommandLine.Command;

@Command(name = "reset", description = "Resets a vSMMU, as its guest would find it after power on.")
final class ResetCommand extends ControlCommand {

  ResetCommand() {
    super("reset", "reset");
  }
}
