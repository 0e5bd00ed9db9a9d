package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Pages;
import io.vsmmu.cli.client.Query;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.outcome.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code vsmmus}. */
@Command(name = "vsmmus", description = "Lists the vSMMUs.")
final class VsmmusCommand extends RemoteCommand {

  private static final Listing COLUMNS =
      new Listing().plain("name", "origin", "lifecycle", "events").extra("id").text("socket");

  @Mixin private PageOptions page = new PageOptions();

  @Option(names = "--deleted", description = "Those too that were deleted.")
  private boolean deleted;

  @Override
  ExitCode ask(ServiceClient service) {
    Query query = page.query().with("deleted", deleted ? true : null);
    print(service.get("/vsmmus" + query), this::show);
    return ExitCode.OK;
  }

  private void show(JsonNode list) {
    COLUMNS.of(Pages.items(list)).print(out(), "", width());
    PageOptions.more(list, out());
  }
}
