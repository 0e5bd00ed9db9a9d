package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.client.Pages;
import io.vsmmu.control.cli.client.ServiceClient;
import io.vsmmu.control.cli.outcome.ExitCode;
import picocli.CommandLine.Command;

/** {@code vsmmus}. */
@Command(name = "vsmmus", description = "Lists the vSMMUs.")
final class VsmmusCommand extends RemoteCommand {

  private static final Listing COLUMNS =
      new Listing("name", "origin", "lifecycle", "events", "id", "socket");

  @Override
  ExitCode ask(ServiceClient service) {
    print(service.get("/vsmmus"), body -> COLUMNS.of(Pages.items(body)).print(out(), ""));
    return ExitCode.OK;
  }
}
