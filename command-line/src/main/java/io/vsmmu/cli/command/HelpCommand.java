package io.vsmmu.cli.command;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.problem.NearNames;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "help",
    description = "Shows the help of a command; without one, lists the commands.")
public final class HelpCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "Such as state, or vms list.")
  private List<String> names = new ArrayList<>();

  @Override
  public Integer call() {
    CommandLine command = spec.root().commandLine();
    for (String name : names) {
      CommandLine sub = command.getSubcommands().get(name);
      if (sub == null) {
        throw new ParameterException(
            spec.commandLine(),
            "there is no command '%s'%s"
                .formatted(name, NearNames.question(name, command.getSubcommands().keySet())));
      }
      command = sub;
    }
    command.usage(spec.commandLine().getOut());
    return ExitCode.OK.value();
  }
}
