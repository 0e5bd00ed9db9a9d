package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "check-host",
    description =
        "Compares what a vSMMU needs with what the service's host has; exit code 1 if it does not"
            + " fit.")
final class CheckHostCommand extends VsmmuCommand {

  private static final JsonTable COLUMNS =
      new JsonTable().plain("field").text("needed", "found", "remedy");

  @Option(
      names = "--device",
      paramLabel = "OLD=NEW",
      description = "A device of the log and the host's device that takes its part; repeatable.")
  private Map<String, String> devices = new LinkedHashMap<>();

  @Override
  ExitCode ask(ServiceClient service) {
    ObjectNode body = ServiceClient.JSON.createObjectNode();
    if (!devices.isEmpty()) {
      ObjectNode parts = body.putObject("devices");
      devices.forEach(parts::put);
    }
    Reply reply = service.post(path() + ":check-host", body);
    print(reply, this::show);
    return reply.body().path("fits").asBoolean(false) ? ExitCode.OK : ExitCode.NO;
  }

  private void show(JsonNode result) {
    if (result.path("fits").asBoolean(false)) {
      out().println("nothing keeps %s from this host".formatted(name()));
    } else {
      COLUMNS.of(result.path("differences")).print(out(), "", width());
    }
  }
}
