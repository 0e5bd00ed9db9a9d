package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.client.Pages;
import io.vsmmu.control.cli.client.ServiceClient;
import io.vsmmu.control.cli.outcome.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code vsmmus}. */
@Command(name = "vsmmus", description = "Lists the vSMMUs.")
final class VsmmusCommand extends RemoteCommand {

  private static final Listing COLUMNS =
      new Listing("name", "origin", "lifecycle", "events", "id", "socket");

  @Mixin private PageOptions page = new PageOptions();

  @Override
  ExitCode ask(ServiceClient service) {
    print(service.get("/vsmmus" + page.query()), this::show);
    return ExitCode.OK;
  }

  private void show(JsonNode list) {
    COLUMNS.of(Pages.items(list)).print(out(), "");
    PageOptions.more(list, out());
  }
}
