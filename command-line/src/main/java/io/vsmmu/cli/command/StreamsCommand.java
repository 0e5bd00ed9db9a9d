package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.SteText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(name = "streams", description = "Shows the life of a StreamID.")
final class StreamsCommand extends VsmmuCommand {

  private static final JsonTable COLUMNS =
      new JsonTable()
          .plain("position")
          .extra("time")
          .plain("reason", "configuration", "effective")
          .text("ste", "changed");

  @Parameters(
      index = "1",
      paramLabel = "SID",
      description = "StreamID, such as 0x900.",
      converter = Hexadecimal.StreamIdConverter.class)
  private Hexadecimal sid = new Hexadecimal(0);

  @Mixin private PageOptions.OfLog page = new PageOptions.OfLog();

  @Override
  ExitCode ask(ServiceClient service) {
    print(
        service.get(path() + "/streams/" + UrlQuery.segment(sid) + "/history" + page.query()),
        this::show);
    return ExitCode.OK;
  }

  private void show(JsonNode list) {
    if (PagedList.items(list).isEmpty() && page.isFirst()) {
      out().println("no event of %s is about StreamID %s".formatted(name(), sid));
      return;
    }
    PagedList.items(list).forEach(StreamsCommand::addReason);
    PagedList.items(list).forEach(StreamsCommand::addUnknownSte);
    COLUMNS.of(PagedList.items(list)).print(out(), "", width());
    PageOptions.printNext(list, out());
  }

  /** Says in the place of the STE why no word of it is known. */
  private static void addUnknownSte(JsonNode change) {
    if (change.hasNonNull("steUnknown") && change instanceof ObjectNode entry) {
      entry.put("ste", SteText.of(entry));
    }
  }

  /** The attachment and detachment of a device have no reason; their event type stands for it. */
  private static void addReason(JsonNode change) {
    if (!change.hasNonNull("reason") && change instanceof ObjectNode entry) {
      entry.set("reason", entry.path("type"));
    }
  }
}
