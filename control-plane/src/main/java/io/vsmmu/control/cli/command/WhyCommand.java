package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.client.Pages;
import io.vsmmu.control.cli.client.Query;
import io.vsmmu.control.cli.client.ServiceClient;
import io.vsmmu.control.cli.outcome.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code why}. */
@Command(
    name = "why",
    description = "Shows what caused an event, back to the access of the guest or the operator.")
final class WhyCommand extends VsmmuCommand {

  private static final Listing COLUMNS =
      new Listing("position", "sequence", "time", "type", "data");

  @Parameters(
      index = "1",
      paramLabel = "POSITION",
      description = "Position of the event.",
      converter = Position.Converter.class)
  private Position position = new Position(0);

  @Override
  ExitCode ask(ServiceClient service) {
    print(
        service.get(path() + "/events/" + Query.segment(position) + "/causes"),
        body -> COLUMNS.of(Pages.items(body)).print(out(), ""));
    return ExitCode.OK;
  }
}
