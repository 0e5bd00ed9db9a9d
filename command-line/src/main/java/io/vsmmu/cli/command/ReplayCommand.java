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
import picocli.CommandLine.Mixin;
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
          "events (default): stored events are applied again; commands: recorded accesses are"
              + " decided again.",
      defaultValue = "events")
  private ReplayMode mode = ReplayMode.EVENTS;

  @Option(
      names = "--until",
      paramLabel = "P",
      description = "Last position. Default: the whole log.",
      converter = Position.Converter.class)
  private @Nullable Position until;

  @Option(
      names = "--verify",
      description = "Compare with the log; exit code 1 if there is a divergence.")
  private boolean verify;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description =
          "The host to replay on: simulated (default), which has what the log names; local, the one"
              + " that the service has.")
  private @Nullable ReplayHost host;

  @Option(
      names = "--device",
      paramLabel = "LOG=HOST",
      description =
          "For --host local: 0000:09:00.0=0000:01:00.0, the device here that takes the part of one"
              + " in the log; again for each.")
  private Map<String, String> devices = new LinkedHashMap<>();

  @Mixin private FaultsOption faults = new FaultsOption();

  @Override
  Map<String, String> requestNames() {
    return Map.of("vsmmu", "NAME", "devices", "--device");
  }

  private void check() {
    boolean local = host == ReplayHost.LOCAL;
    if (!devices.isEmpty() && !local) {
      throw wrong("--device goes with --host local only");
    }
    if (faults.isGiven() && local) {
      throw wrong("--faults does not go with --host local: calls of the simulated host fail");
    }
    if (mode == ReplayMode.COMMANDS && (local || faults.isGiven())) {
      throw wrong(
          "%s does not go with --mode commands, which asks no host"
              .formatted(local ? "--host local" : "--faults"));
    }
  }

  @Override
  ExitCode ask(ServiceClient service) {
    check();
    ObjectNode body = ServiceClient.JSON.createObjectNode();
    body.put("vsmmu", name()).put("mode", mode.toString()).put("verify", verify);
    if (until != null) {
      until.putInto(body, "until");
    }
    if (host != null) {
      body.put("host", host.toString());
    }
    if (!devices.isEmpty()) {
      ObjectNode parts = body.putObject("devices");
      devices.forEach(parts::put);
    }
    faults.addTo(body);
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

  /** The values of {@code --host}. */
  enum ReplayHost {
    SIMULATED,
    LOCAL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
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
