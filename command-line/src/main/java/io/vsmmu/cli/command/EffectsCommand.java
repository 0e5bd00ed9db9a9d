package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import picocli.CommandLine.Command;

@Command(
    name = "effects",
    description = "Shows what followed from an event, directly or not: the reverse of why.")
final class EffectsCommand extends OneEventCommand {

  private static final JsonTable COLUMNS =
      new JsonTable()
          .plain("position")
          .extra("sequence")
          .plain("time", "type", "cause=cause.position")
          .data("data");

  @Override
  ExitCode ask(ServiceClient service) {
    print(
        service.get(eventPath() + "/effects"),
        body -> COLUMNS.of(PagedList.items(body)).print(out(), "", width()));
    return ExitCode.OK;
  }
}
