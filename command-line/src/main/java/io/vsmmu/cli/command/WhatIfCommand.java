package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.WhatIfText;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      description =
          "Position up to which the log stays as it is. Default: the last one before the change has"
              + " an effect.",
      converter = Position.Converter.class)
  private @Nullable Position at;

  @Option(
      names = "--leave-out",
      paramLabel = "P",
      description =
          "Position of an access that the guest does not make; the commands of a doorbell are then"
              + " never in the queue.",
      converter = Position.Converter.class)
  private @Nullable Position leaveOut;

  @Mixin private FaultsOption faults = new FaultsOption();

  @Option(
      names = "--set",
      paramLabel = "PROPERTY=VALUE",
      description =
          "A property of the vSMMU: ats or ril with on, off or auto, oas or ssidsize with bits or"
              + " auto; again for each. The whole log is decided again.",
      completionCandidates = ChangedProperty.Candidates.class)
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--keep",
      paramLabel = "NEWNAME",
      description =
          "Keep the outcome as the log of a new vSMMU, with an event InputChanged where it leaves"
              + " what happened. Default: nothing is stored.")
  private @Nullable String keep;

  @Override
  Map<String, String> requestNames() {
    return Map.of("change", "--leave-out, --faults, --set");
  }

  private void check() {
    if (leaveOut == null && !faults.isGiven() && properties.isEmpty()) {
      throw wrong(
          "nothing is changed; allowed: --leave-out with a position, --faults with rules such as"
              + " attach:2:EBUSY, or --set with a property such as ril=off");
    }
    if (at != null && !properties.isEmpty()) {
      throw wrong(
          "--at does not go with --set: properties take effect when a vSMMU is created, so that the"
              + " whole log is decided again");
    }
    properties.forEach(
        (name, value) ->
            ChangedProperty.refusal(name, value)
                .ifPresent(
                    why -> {
                      throw wrong(why);
                    }));
  }

  @Override
  ExitCode ask(ServiceClient service) {
    check();
    ObjectNode body = ServiceClient.JSON.createObjectNode();
    put(body, "at", at);
    put(body, "leaveOut", leaveOut);
    faults.addTo(body);
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

  private static void put(ObjectNode body, String member, @Nullable Position position) {
    if (position != null) {
      position.putInto(body, member);
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
