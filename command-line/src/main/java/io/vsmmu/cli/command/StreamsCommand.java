package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Pages;
import io.vsmmu.cli.client.Query;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.outcome.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code streams}. */
@Command(name = "streams", description = "Shows the life of a StreamID.")
final class StreamsCommand extends VsmmuCommand {

  private static final Listing COLUMNS =
      new Listing()
          .plain("position")
          .extra("time")
          .plain("reason", "configuration", "effective")
          .text("ste", "changed");

  @Parameters(
      index = "1",
      paramLabel = "SID",
      description = "StreamID, such as 0x900.",
      converter = Hexadecimal.StreamId.class)
  private Hexadecimal sid = new Hexadecimal(0);

  @Mixin private PageOptions page = new PageOptions();

  @Override
  ExitCode ask(ServiceClient service) {
    print(
        service.get(path() + "/streams/" + Query.segment(sid) + "/history" + page.query()),
        this::show);
    return ExitCode.OK;
  }

  private void show(JsonNode list) {
    if (Pages.items(list).isEmpty() && page.isFromTheBeginning()) {
      out().println("no event of %s is about StreamID %s".formatted(name(), sid));
      return;
    }
    Pages.items(list).forEach(StreamsCommand::tellReason);
    COLUMNS.of(Pages.items(list)).print(out(), "", width());
    PageOptions.more(list, out());
  }

  /** A device that came or went has no reason but its event. */
  private static void tellReason(JsonNode change) {
    if (!change.hasNonNull("reason") && change instanceof ObjectNode entry) {
      entry.set("reason", entry.path("type"));
    }
  }
}
