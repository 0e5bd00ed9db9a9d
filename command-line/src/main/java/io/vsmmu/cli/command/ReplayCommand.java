package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ReplayClient;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.ExitCode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "replay",
    description = "Replays a log against a fresh host and waits for the result.")
final class ReplayCommand extends VsmmuCommand {

  private static final JsonTable DIVERGENCES =
      new JsonTable().plain("position").text("recorded", "produced");

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}): apply the events again, or decide"
              + " the recorded accesses again.",
      defaultValue = "events")
  private ReplayMode mode = ReplayMode.EVENTS;

  @Option(
      names = "--until",
      paramLabel = "P",
      description = "Last position (default: the whole log).",
      converter = Position.Converter.class)
  private @Nullable Position until;

  @Option(
      names = "--verify",
      description = "Compare with the log; exit code 1 if there is a divergence.")
  private boolean verify;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "The host to replay on: simulated (default), or local, that of the service.")
  private @Nullable String host;

  @Option(
      names = "--device",
      paramLabel = "LOG=HOST",
      description = "For host local: the device that takes the part of one in the log, by address.")
  private Map<String, String> devices = new LinkedHashMap<>();

  @Option(
      names = "--faults",
      paramLabel = "TEXT",
      description = "Calls of the simulated host that fail, such as attach:2:EBUSY.")
  private @Nullable String faults;

  @Override
  ExitCode ask(ServiceClient service) {
    ObjectNode body = ServiceClient.JSON.createObjectNode();
    body.put("vsmmu", name()).put("mode", mode.toString()).put("verify", verify);
    if (until != null) {
      body.put("until", until.value());
    }
    if (host != null) {
      body.put("host", host);
    }
    if (!devices.isEmpty()) {
      ObjectNode parts = body.putObject("devices");
      devices.forEach(parts::put);
    }
    if (faults != null) {
      body.put("faults", faults);
    }
    Reply result = new ReplayClient(service).run(body);
    print(result, this::show);
    return result.body().path("divergences").isEmpty() ? ExitCode.OK : ExitCode.NO;
  }

  private void show(JsonNode result) {
    for (String member : new String[] {"status", "events", "hostOperations"}) {
      out().println(member + "  " + CellText.of(result.path(member)));
    }
    if (verify) {
      out().println("divergences");
      DIVERGENCES.of(result.path("divergences")).print(out(), "  ", width());
    }
  }

  /** The values of {@code --mode}. */
  enum ReplayMode {
    /** Stored events are applied to a fresh host. */
    EVENTS,
    /** Recorded accesses of the guest are decided again. */
    COMMANDS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
