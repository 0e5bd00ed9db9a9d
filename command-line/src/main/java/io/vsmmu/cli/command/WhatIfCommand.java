package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.WhatIfText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "what-if",
    description =
        "Replays a log with a changed input and shows the difference to what happened; exit code 1"
            + " if there is one.")
final class WhatIfCommand extends RemoteCommand {

  @Parameters(index = "0", paramLabel = "NAME", description = "Name of the vSMMU.")
  private String name = "";

  @Option(
      names = "--at",
      paramLabel = "P",
      description = "Position up to which the log stays as it is.",
      converter = Position.Converter.class)
  private @Nullable Position at;

  @Option(
      names = "--leave-out",
      paramLabel = "P",
      description = "Position of an access that the guest does not make.",
      converter = Position.Converter.class)
  private @Nullable Position leaveOut;

  @Option(
      names = "--faults",
      paramLabel = "TEXT",
      description = "Calls of the host that fail, such as attach:2:EBUSY.")
  private @Nullable String faults;

  @Option(
      names = "--set",
      paramLabel = "PROPERTY=VALUE",
      description = "A property of the vSMMU: ats, ril, oas or ssidsize; again for each.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--keep",
      paramLabel = "NEWNAME",
      description = "Keep the outcome as the log of a new vSMMU.")
  private @Nullable String keep;

  @Override
  ExitCode ask(ServiceClient service) {
    ObjectNode body = ServiceClient.JSON.createObjectNode();
    putNumber(body, "at", at);
    putNumber(body, "leaveOut", leaveOut);
    if (faults != null) {
      body.put("faults", faults);
    }
    if (!properties.isEmpty()) {
      ObjectNode set = body.putObject("set");
      properties.forEach(set::put);
    }
    if (keep != null) {
      body.put("keep", keep);
    }
    Reply reply = answer(service, () -> service.post(vsmmu(name) + "/what-ifs", body));
    print(reply, new WhatIfText(out(), width())::print);
    return isSame(reply.body()) ? ExitCode.OK : ExitCode.NO;
  }

  private static void putNumber(ObjectNode body, String member, @Nullable Position position) {
    if (position != null) {
      body.put(member, position.value());
    }
  }

  private static boolean isSame(JsonNode result) {
    return result.path("gone").isEmpty()
        && result.path("added").isEmpty()
        && result.path("different").isEmpty()
        && result.path("hostOperations").isEmpty()
        && result.at("/state/sections").isEmpty()
        && result.path("refusals").asLong(0) == 0;
  }
}
