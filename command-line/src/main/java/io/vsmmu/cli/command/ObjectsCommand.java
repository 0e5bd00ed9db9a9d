package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

@Command(
    name = "objects",
    description =
        "Lists every object of the host that a vSMMU ever had, with the positions of its life.")
final class ObjectsCommand extends VsmmuCommand {

  /** The columns of objects, and of HWPTs in {@link HwptsCommand}. */
  static final JsonTable COLUMNS =
      new JsonTable().plain("handle", "kind", "kernelId", "sid", "from", "to").text("ste");

  @Mixin private PageOptions.OfList page = new PageOptions.OfList();

  @Override
  ExitCode ask(ServiceClient service) {
    print(service.get(path() + "/objects" + page.query()), this::show);
    return ExitCode.OK;
  }

  private void show(JsonNode list) {
    COLUMNS.of(PagedList.items(list)).print(out(), "", width());
    PageOptions.printNext(list, out());
  }
}
