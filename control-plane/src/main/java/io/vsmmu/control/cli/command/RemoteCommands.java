package io.vsmmu.control.cli.command;

import java.util.List;

/** Every command that asks a running service, in the order of the help. */
public final class RemoteCommands {

  private RemoteCommands() {}

  /** New instances. */
  public static List<Object> all() {
    return List.of(
        new VsmmusCommand(),
        new CreateCommand(),
        new DeleteCommand(),
        new DevicesCommand(),
        new ImportCommand(),
        new ExportCommand(),
        new ReplayCommand(),
        new EventsCommand(),
        new StateCommand(),
        new DiffCommand(),
        new StreamsCommand(),
        new WhyCommand(),
        new VerifyCommand(),
        new LintCommand());
  }
}
