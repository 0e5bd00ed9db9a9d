package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.client.Pages;
import io.vsmmu.control.cli.client.Reply;
import io.vsmmu.control.cli.client.ServiceClient;
import io.vsmmu.control.cli.outcome.ExitCode;
import io.vsmmu.control.cli.output.TreeText;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/** {@code lint}. */
@Command(
    name = "lint",
    description =
        "Shows what in the log hints at a bug of the guest or the VMM; exit code 1 if one is of"
            + " severity error.")
final class LintCommand extends VsmmuCommand {

  private static final String ERROR = "error";

  @Override
  ExitCode ask(ServiceClient service) {
    Reply reply = service.get(path() + "/findings");
    print(reply, body -> show(Pages.items(body)));
    return Pages.items(reply.body()).valueStream().anyMatch(LintCommand::isError)
        ? ExitCode.NO
        : ExitCode.OK;
  }

  private static boolean isError(JsonNode finding) {
    return finding.path("severity").asString("").equalsIgnoreCase(ERROR);
  }

  private void show(JsonNode findings) {
    if (findings.isEmpty()) {
      out().println("nothing found");
    }
    for (JsonNode finding : findings) {
      new TreeText(out()).print(finding);
      out().println();
    }
  }
}
