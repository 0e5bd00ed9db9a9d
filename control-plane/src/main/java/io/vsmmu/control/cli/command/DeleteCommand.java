package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.client.ServiceClient;
import io.vsmmu.control.cli.outcome.ExitCode;
import picocli.CommandLine.Command;

/** {@code delete}. */
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
