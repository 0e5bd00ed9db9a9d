package io.vsmmu.cli.command;

import io.vsmmu.cli.output.ExitCode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Prints what a shell has to run to complete commands, options and values.",
    footer = "For the shell that runs: source <(./vsmmu completion bash)")
public final class CompletionCommand implements Callable<Integer> {

  /** The lines of comment at the beginning of the script. */
  private static final Pattern HEADING = Pattern.compile("\\A(?:#.*\\R|\\R)+");

  /** The last command of the script, with the comment before it. */
  private static final Pattern REGISTRATION =
      Pattern.compile("(?:^#.*\\R)*^complete -F .*\\s*\\z", Pattern.MULTILINE);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "SHELL",
      description = "${COMPLETION-CANDIDATES}.",
      converter = ShellConverter.class)
  private Shell shell = Shell.BASH;

  /** A shell for which completion is supported. */
  enum Shell {
    BASH,
    /** The script switches on the emulation of bash's completion. */
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final class ShellConverter implements ITypeConverter<Shell> {
    @Override
    public Shell convert(String text) {
      return new Choice<>(Shell.class).convert(text);
    }
  }

  /**
   * The script that picocli generates. Its heading, which describes how another program is
   * installed, is removed, and the completion is registered for the name of the launcher alone.
   */
  private String script(CommandLine all) {
    String name = spec.root().name();
    String body = HEADING.matcher(AutoComplete.bash(name, all)).replaceFirst("");
    return REGISTRATION
        .matcher(body)
        .replaceFirst("complete -F _complete_%1$s -o default %1$s\n".formatted(name));
  }

  @Override
  public Integer call() {
    CommandLine all = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    out.printf("# For %1$s: source <(./vsmmu completion %1$s)%n", shell);
    out.print(script(all));
    out.flush();
    return ExitCode.OK.value();
  }
}
