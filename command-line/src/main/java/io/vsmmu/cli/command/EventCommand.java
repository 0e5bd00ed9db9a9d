package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "event", description = "Shows an event with all of its data.")
final class EventCommand extends VsmmuCommand {

  @Parameters(
      index = "1",
      paramLabel = "POSITION",
      description = "Position of the event.",
      converter = Position.Converter.class)
  private Position position = new Position(0);

  @Override
  ExitCode ask(ServiceClient service) {
    print(service.get(path() + "/events/" + UrlQuery.segment(position)));
    return ExitCode.OK;
  }
}
