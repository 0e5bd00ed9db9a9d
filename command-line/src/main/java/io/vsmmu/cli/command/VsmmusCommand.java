package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(name = "vsmmus", description = "Lists the vSMMUs.")
final class VsmmusCommand extends RemoteCommand {

  private static final JsonTable COLUMNS =
      new JsonTable().plain("name", "origin", "lifecycle", "events").extra("id").text("socket");

  @Mixin private PageOptions.OfList page = new PageOptions.OfList();

  @Option(
      names = "--deleted",
      description = "Those too that were deleted; their logs are asked for by id.")
  private boolean deleted;

  @Nullable
  @Option(
      names = "--name",
      paramLabel = "TEXT",
      description = "Only those whose name contains TEXT.")
  private String name;

  @Override
  ExitCode ask(ServiceClient service) {
    UrlQuery query = page.query().with("deleted", deleted ? true : null).with("name", name);
    print(service.get("/vsmmus" + query), this::show);
    return ExitCode.OK;
  }

  private void show(JsonNode list) {
    COLUMNS.of(PagedList.items(list)).print(out(), "", width());
    PageOptions.printNext(list, out());
  }
}
