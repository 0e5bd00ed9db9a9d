package io.vsmmu.cli;

import io.vsmmu.cli.command.CompleteCommand;
import io.vsmmu.cli.command.CompletionCommand;
import io.vsmmu.cli.command.DoctorCommand;
import io.vsmmu.cli.command.HelpCommand;
import io.vsmmu.cli.command.RemoteCommands;
import io.vsmmu.cli.command.SbomCommand;
import io.vsmmu.cli.command.ServeCommand;
import io.vsmmu.cli.demo.DemoCommand;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.output.Screen;
import io.vsmmu.cli.service.ServiceStarter;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The tree of the commands, and the two handlers that turn a wrong argument or a failure into a
 * message on standard error and an exit code.
 */
public final class CommandLines {

  /** With this environment variable set, whatever its value, failures print their stack trace. */
  static final String DEBUG_VARIABLE = "VSMMU_DEBUG";

  private static final int HELP_WIDTH = 100;
  private static final String USAGE = "Usage: ";
  private static final String HELP = "help";
  private static final String COMPLETE = "complete";

  /** Commands that describe the other ones. */
  private static final Set<String> NEEDS_ALL = Set.of(HELP, COMPLETE);

  /** Where the arguments of {@code complete -- INDEX WORD...} have the first word. */
  private static final int COMPLETED = 3;

  @Command(
      name = "vsmmu",
      description = "An event-sourced virtual Arm SMMUv3.",
      synopsisSubcommandLabel = "COMMAND",
      mixinStandardHelpOptions = true,
      versionProvider = JarVersion.class,
      footerHeading = "%nEnvironment:%n",
      footer = {
        "  VSMMU_URL   where the service is: the default of --url",
        "  VSMMU_TOKEN the token for it, unless it is a service of this user on this machine",
        "  COLUMNS     how wide tables may be: default the terminal, or 120 without one",
        "More: vsmmu help COMMAND, and docs/cli.md"
      })
  static final class Root implements Screen.Owner {

    private final Screen screen;

    Root(Screen screen) {
      this.screen = screen;
    }

    @Override
    public Screen screen() {
      return screen;
    }
  }

  private CommandLines() {}

  /**
   * Makes the command {@code vsmmu} for a call: with the subcommand that the first argument names
   * alone, if it is one that needs no others, else with all. Describing all commands takes longer
   * than what most of them do.
   *
   * @param arguments of the call
   * @param starter starts the service for {@code demo} and {@code serve}
   * @param screen the terminal for whose width answers and help are laid out
   */
  public static CommandLine create(
      String[] arguments, ServiceStarter starter, Screen screen, PrintWriter out, PrintWriter err) {
    Map<String, Supplier<Object>> commands = all(starter);
    if (arguments.length > COMPLETED + 1
        && arguments[0].equals(COMPLETE)
        && commands.get(arguments[COMPLETED]) instanceof Supplier<Object> completed) {
      Map<String, Supplier<Object>> both = new LinkedHashMap<>();
      both.put(arguments[COMPLETED], completed);
      both.put(COMPLETE, CompleteCommand::new);
      return create(both, screen, out, err);
    }
    if (arguments.length > 0 && !NEEDS_ALL.contains(arguments[0])) {
      Supplier<Object> named = commands.get(arguments[0]);
      if (named != null) {
        return create(Map.of(arguments[0], named), screen, out, err);
      }
    }
    return create(commands, screen, out, err);
  }

  private static Map<String, Supplier<Object>> all(ServiceStarter starter) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("demo", () -> new DemoCommand(starter));
    commands.put("serve", () -> new ServeCommand(starter));
    commands.put("doctor", DoctorCommand::new);
    commands.putAll(RemoteCommands.all());
    commands.put(HELP, HelpCommand::new);
    commands.put("completion", CompletionCommand::new);
    commands.put("sbom", SbomCommand::new);
    commands.put(COMPLETE, CompleteCommand::new);
    return commands;
  }

  private static CommandLine create(
      Map<String, Supplier<Object>> subcommands, Screen screen, PrintWriter out, PrintWriter err) {
    CommandLine commands = new CommandLine(new Root(screen));
    subcommands.forEach((name, command) -> commands.addSubcommand(name, command.get()));
    RemoteCommands.convert(commands);
    commands
        .setOut(out)
        .setErr(err)
        .setOverwrittenOptionsAllowed(false)
        // @NAME is a bookmark, not a file with arguments.
        .setExpandAtFiles(false)
        .setUsageHelpWidth(Math.min(HELP_WIDTH, screen.columns()))
        .setParameterExceptionHandler(CommandLines::wrongArgument)
        .setExecutionExceptionHandler(CommandLines::failed);
    helpEverywhere(commands);
    return commands;
  }

  private static void helpEverywhere(CommandLine command) {
    for (CommandLine sub : command.getSubcommands().values()) {
      sub.getCommandSpec().mixinStandardHelpOptions(true);
      sub.getCommandSpec().versionProvider(new JarVersion());
      helpEverywhere(sub);
    }
    command
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(exitCodes());
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      codes.put(" " + code.value(), code.meaning());
    }
    return codes;
  }

  private static int wrongArgument(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    PrintWriter err = command.getErr();
    err.println("%s: %s".formatted(name, WrongArgument.message(wrong)));
    err.println(USAGE + command.getHelp().synopsis(USAGE.length()).strip());
    err.println("More: %s --help".formatted(name));
    err.flush();
    return ExitCode.USAGE.value();
  }

  private static int failed(Exception failed, CommandLine command, ParseResult arguments) {
    command.getOut().flush();
    PrintWriter err = command.getErr();
    ExitCode code = failed instanceof Failure failure ? failure.code() : ExitCode.INTERNAL;
    String message =
        failed instanceof Failure failure
            ? failure.text()
            : "An error of vsmmu itself: %s%n  Set %s=1 to see where"
                .formatted(failed, DEBUG_VARIABLE);
    err.println("vsmmu: " + message);
    if (System.getenv(DEBUG_VARIABLE) != null) {
      failed.printStackTrace(err);
    }
    err.flush();
    return code.value();
  }

  /** The version in the manifest of the jar; classes that are in no jar have none. */
  static final class JarVersion implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = CommandLines.class.getPackage().getImplementationVersion();
      return new String[] {"vsmmu " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
