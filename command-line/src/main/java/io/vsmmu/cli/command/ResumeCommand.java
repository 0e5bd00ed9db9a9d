package io.vsmmu.cli.command;

import picocli.CommandLine.Command;

@Command(name = "resume", description = "Lets the guest's accesses go on after pause.")
final class ResumeCommand extends ControlCommand {

  ResumeCommand() {
    super("resume", "resumed");
  }
}
