package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Query;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.outcome.ExitCode;
import io.vsmmu.cli.output.Screen;
import io.vsmmu.cli.output.Table;
import io.vsmmu.cli.output.TreeText;
import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** A command that asks a running service. */
abstract class RemoteCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The service (default: the variable "
              + ServiceAddress.VARIABLE
              + ", else "
              + ServiceAddress.DEFAULT
              + ").",
      defaultValue = "${env:" + ServiceAddress.VARIABLE + ":-" + ServiceAddress.DEFAULT + "}",
      showDefaultValue = Visibility.NEVER,
      converter = ServiceUrl.Converter.class)
  private ServiceUrl url = new ServiceUrl(URI.create(ServiceAddress.DEFAULT));

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); json is the answer as it came.",
      defaultValue = "table")
  private OutputFormat output = OutputFormat.TABLE;

  @Option(
      names = "--wide",
      description =
          "Tables as wide as they need, with every column, whatever the terminal's width.")
  private boolean wide;

  @Override
  public final Integer call() {
    return ask(new ServiceClient(url.uri())).value();
  }

  /** Asks, prints the answer, and tells how the command ends. */
  abstract ExitCode ask(ServiceClient service);

  /** Path of a vSMMU's resource. */
  static String vsmmu(String name) {
    return "/vsmmus/" + Query.segment(name);
  }

  /** Prints the answer as it came, or as text. */
  final void print(Reply reply, Consumer<JsonNode> text) {
    if (output == OutputFormat.JSON) {
      out().println(reply.text().strip());
    } else {
      text.accept(reply.body());
    }
    out().flush();
  }

  /** Prints the answer as it came, or names and values. */
  final void print(Reply reply) {
    print(reply, new TreeText(out(), width())::print);
  }

  /** Whether the answer is for a program. */
  final boolean json() {
    return output == OutputFormat.JSON;
  }

  /** What stands beside the answer. */
  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Prints a line that is not part of the answer. */
  final void note(String line) {
    if (output == OutputFormat.TABLE) {
      out().println(line);
      out().flush();
    }
  }

  /** Prints a line beside the answer, where it is in nobody's way who reads that. */
  final void warn(String line) {
    PrintWriter err = err();
    err.println(line);
    err.flush();
  }

  /** Columns that a line may have. */
  final int width() {
    return wide ? Table.WIDE : Screen.of(spec).columns();
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
