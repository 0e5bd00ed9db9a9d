package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import picocli.CommandLine.Command;

@Command(name = "event", description = "Shows an event with all of its data.")
final class EventCommand extends OneEventCommand {

  @Override
  ExitCode ask(ServiceClient service) {
    print(service.get(eventPath()));
    return ExitCode.OK;
  }
}
