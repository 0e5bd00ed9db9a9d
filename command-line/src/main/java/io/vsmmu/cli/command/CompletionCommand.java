package io.vsmmu.cli.command;

import io.vsmmu.cli.argument.Choice;
import io.vsmmu.cli.outcome.ExitCode;
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

/** {@code completion}. */
@Command(
    name = "completion",
    description = "Prints what a shell has to run to complete commands, options and values.",
    footer = "For the shell that runs: source <(./vsmmu completion bash)")
public final class CompletionCommand implements Callable<Integer> {

  /** The lines of comment that the script begins with. */
  private static final Pattern HEADING = Pattern.compile("\\A(?:#.*\\R|\\R)+");

  /** The last command, with the comment in front of it. */
  private static final Pattern REGISTRATION =
      Pattern.compile("(?:^#.*\\R)*^complete -F .*\\s*\\z", Pattern.MULTILINE);

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

  /**
   * What picocli generates, without its heading, which tells of the places of somebody else's
   * program, and registered for the one name that our launcher has.
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
