package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ConsoleAddress;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "console",
    description = "Prints an address of the console that works once, for 5 minutes.")
final class ConsoleCommand extends RemoteCommand {

  /** What opens an address on a desktop of freedesktop.org, and on macOS. */
  private static final List<String> OPENERS = List.of("xdg-open", "open");

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "vSMMU to show; without it the list of all.")
  private @Nullable String name;

  @Option(names = "--open", description = "Open the address in the browser of this desktop, too.")
  private boolean open;

  @Override
  ExitCode ask(ServiceClient service) {
    String view = name == null ? "" : vsmmu(name);
    String address = ConsoleAddress.make(service, URI.create(url()), view);
    out()
        .println(
            json()
                ? ServiceClient.JSON.createObjectNode().put("url", address).toString()
                : address);
    out().flush();
    if (open) {
      open(address);
    }
    return ExitCode.OK;
  }

  private static void open(String address) {
    for (String opener : OPENERS) {
      try {
        new ProcessBuilder(opener, address)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
        return;
      } catch (IOException missing) {
        continue;
      }
    }
    throw new Failure(
        ExitCode.LOCAL,
        "--open needs xdg-open, which is not on the PATH; open the address yourself");
  }
}
