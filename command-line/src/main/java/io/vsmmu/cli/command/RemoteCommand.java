package io.vsmmu.cli.command;

import io.vsmmu.cli.client.JobClient;
import io.vsmmu.cli.client.Refusal;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.ServiceToken;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.output.ProgressLine;
import io.vsmmu.cli.output.Screen;
import io.vsmmu.cli.output.Table;
import io.vsmmu.cli.output.TreeText;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
              + ServiceUrl.VARIABLE
              + ", else "
              + ServiceUrl.DEFAULT
              + ").",
      defaultValue = "${env:" + ServiceUrl.VARIABLE + ":-" + ServiceUrl.DEFAULT + "}",
      showDefaultValue = Visibility.NEVER,
      converter = ServiceUrl.Converter.class)
  private ServiceUrl url = new ServiceUrl(URI.create(ServiceUrl.DEFAULT));

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A file with the token for the service (default: the variable "
              + ServiceToken.VARIABLE
              + ", else what a service of this user on this machine has left for it).")
  private @Nullable Path tokenFile;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); json is the answer, unchanged.",
      defaultValue = "table")
  private OutputFormat output = OutputFormat.TABLE;

  @Option(
      names = "--wide",
      description =
          "Tables as wide as they need, with every column, for any width of the terminal.")
  private boolean wide;

  @Override
  public final Integer call() {
    try {
      return ask(new ServiceClient(
              url.uri(), ServiceToken.find(url.uri(), tokenFile, System.getenv())))
          .value();
    } catch (Refusal refused) {
      throw refused.named(new ArgumentNames(spec, requestNames())::of);
    }
  }

  /**
   * The names that arguments of this command have in a request, where they are not those of the
   * arguments themselves.
   *
   * @return the label of the positional parameter, or the option, by the name in the request
   */
  Map<String, String> requestNames() {
    return Map.of();
  }

  /** A wrong argument that only this command can find, for the handler of such. */
  final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Sends the requests, prints the answer and returns the exit code. */
  abstract ExitCode ask(ServiceClient service);

  static String vsmmu(String name) {
    if (!canBeName(name)) {
      throw new Failure(
          ExitCode.USAGE,
          "NAME '%s' cannot be the name of a vSMMU; ./vsmmu vsmmus lists them".formatted(name));
    }
    return "/vsmmus/" + UrlQuery.segment(name);
  }

  /**
   * Whether a text can be a segment of a path, in which slashes are not allowed, encoded or not.
   */
  static boolean canBeName(String text) {
    return !text.isEmpty() && text.indexOf('/') < 0 && text.indexOf('\\') < 0;
  }

  /**
   * The answer to a question that may become a job of the service, however long it takes, with the
   * progress on standard error.
   *
   * @param question sends the request
   */
  final Reply answer(ServiceClient service, Supplier<Reply> question) {
    ProgressLine line =
        new ProgressLine(
            err(), Boolean.getBoolean(ProgressLine.TERMINAL), width(), System::nanoTime);
    return new JobClient(service, line).ask(question);
  }

  /**
   * As {@link #answer(ServiceClient, Supplier)}; a refusal marks the wrong part of an argument.
   *
   * @param label of the argument
   * @param text its value
   */
  final Reply answer(ServiceClient service, String label, String text, Supplier<Reply> question) {
    try {
      return answer(service, question);
    } catch (Refusal refused) {
      throw refused.part().map(part -> part.refusal(label, text)).orElse(refused);
    }
  }

  /** Prints the answer unchanged as JSON, or as text. */
  final void print(Reply reply, Consumer<JsonNode> text) {
    if (output == OutputFormat.JSON) {
      out().println(reply.text().strip());
    } else {
      text.accept(reply.body());
    }
    out().flush();
  }

  /** Prints the answer unchanged as JSON, or as names and values. */
  final void print(Reply reply) {
    print(reply, new TreeText(out(), width())::print);
  }

  /** Whether the output is JSON, for a program. */
  final boolean json() {
    return output == OutputFormat.JSON;
  }

  /** The address of the service that is asked. */
  final String url() {
    return url.toString();
  }

  /** Standard error, for what is not part of the answer. */
  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  /** Prints a line for people on standard output; nothing if the output is JSON. */
  final void note(String line) {
    if (output == OutputFormat.TABLE) {
      out().println(line);
      out().flush();
    }
  }

  /** Prints a line on standard error, apart from the answer, which a program may read. */
  final void warn(String line) {
    PrintWriter err = err();
    err.println(line);
    err.flush();
  }

  /** The width of a line in columns; {@link Table#WIDE} for no limit. */
  final int width() {
    return wide ? Table.WIDE : Screen.of(spec).columns();
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
