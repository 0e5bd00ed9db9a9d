package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.argument.Choice;
import io.vsmmu.control.cli.outcome.ExitCode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}. */
@Command(
    name = "completion",
    description = "Prints what a shell has to run to complete commands, options and values.",
    footer = "For the shell that runs: source <(./vsmmu completion bash)")
public final class CompletionCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "SHELL",
      description = "${COMPLETION-CANDIDATES}.",
      converter = ShellConverter.class)
  private Shell shell = Shell.BASH;

  /** A shell that can do it. */
  enum Shell {
    BASH,
    /** Takes bash's completions; the script switches that on. */
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Reads a shell's name. */
  static final class ShellConverter implements ITypeConverter<Shell> {
    @Override
    public Shell convert(String text) {
      return new Choice<>(Shell.class).convert(text);
    }
  }

  @Override
  public Integer call() {
    CommandLine all = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    out.printf("# For %1$s: source <(./vsmmu completion %1$s)%n", shell);
    out.print(AutoComplete.bash(spec.root().name(), all));
    out.flush();
    return ExitCode.OK.value();
  }
}
