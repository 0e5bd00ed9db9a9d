package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import picocli.CommandLine.Command;

@Command(
    name = "delete",
    description = "Deletes a vSMMU and detaches its devices; its log stays, under its id.")
final class DeleteCommand extends VsmmuCommand {

  @Override
  ExitCode ask(ServiceClient service) {
    service.delete(path());
    note("deleted " + name());
    return ExitCode.OK;
  }
}
