package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import picocli.CommandLine.Command;

@Command(
    name = "verify",
    description = "Checks the hash chain of a log; exit code 1 if it is broken.")
final class VerifyCommand extends VsmmuCommand {

  @Override
  ExitCode ask(ServiceClient service) {
    Reply reply = service.get(path() + "/chain");
    print(reply);
    return reply.body().path("intact").asBoolean(false) ? ExitCode.OK : ExitCode.NO;
  }
}
