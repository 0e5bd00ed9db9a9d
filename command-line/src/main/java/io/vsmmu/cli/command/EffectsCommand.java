package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "effects",
    description = "Shows what followed from an event, directly or not: the reverse of why.")
final class EffectsCommand extends VsmmuCommand {

  private static final JsonTable COLUMNS =
      new JsonTable()
          .plain("position")
          .extra("sequence")
          .plain("time", "type", "cause=cause.position")
          .data("data");

  @Parameters(
      index = "1",
      paramLabel = "POSITION",
      description = "Position of the event.",
      converter = Position.Converter.class)
  private Position position = new Position(0);

  @Override
  ExitCode ask(ServiceClient service) {
    print(
        service.get(path() + "/events/" + UrlQuery.segment(position) + "/effects"),
        body -> COLUMNS.of(PagedList.items(body)).print(out(), "", width()));
    return ExitCode.OK;
  }
}
