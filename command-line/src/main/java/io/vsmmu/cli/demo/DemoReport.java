package io.vsmmu.cli.demo;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.demo.DemoRun.DemoResult;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The result of {@code demo --json}: one JSON object, on whose member names programs rely. */
final class DemoReport {

  private static final List<String> STREAM_MEMBERS =
      List.of("sid", "configuration", "effective", "ste", "steUnknown", "device");
  private static final List<String> HISTORY_MEMBERS =
      List.of(
          "position",
          "type",
          "reason",
          "configuration",
          "effective",
          "ste",
          "steUnknown",
          "changed");

  private DemoReport() {}

  static ObjectNode of(DemoResult outcome) {
    ObjectNode report = object();
    ArrayNode vsmmus = report.putArray("vsmmus");
    ArrayNode findings = array();
    for (VsmmuFacts facts : outcome.vsmmus()) {
      vsmmus.add(vsmmu(facts));
      findings.addAll(facts.findings());
    }
    report.set("unattributed", outcome.imported().path("unattributed"));
    report.set("findings", findings);
    report.set("warnings", outcome.imported().path("warnings"));
    return report;
  }

  private static ObjectNode vsmmu(VsmmuFacts facts) {
    ObjectNode vsmmu = object();
    vsmmu.put("name", facts.name());
    vsmmu.put("commands", facts.commands());
    vsmmu.set("commandCounts", facts.imported().path("commands"));
    vsmmu.set("events", facts.imported().path("events"));
    vsmmu.put("hostOperations", facts.hostOperations());
    vsmmu.set("streams", streams(facts));
    vsmmu.set("recordedHost", recordedHost(facts));
    vsmmu.set("ourHost", simulatedHost(facts));
    vsmmu.set("replays", replays(facts));
    return vsmmu;
  }

  private static ArrayNode streams(VsmmuFacts facts) {
    ArrayNode streams = array();
    int i = 0;
    for (JsonNode stream : facts.state().path("streams")) {
      ObjectNode shown = chosen(stream, STREAM_MEMBERS);
      ArrayNode history = shown.putArray("history");
      facts.histories().get(i++).forEach(entry -> history.add(chosen(entry, HISTORY_MEMBERS)));
      streams.add(shown);
    }
    return streams;
  }

  /** The trace has one line for each call of the recorded host, and each call had one entry. */
  private static ObjectNode recordedHost(VsmmuFacts facts) {
    JsonNode recording = facts.state().path("recording");
    ObjectNode host = object();
    host.set("calls", recording.path("hostCalls"));
    host.set("invalidations", recording.path("hostInvalidations"));
    host.put("perCall", 1);
    return host;
  }

  private static ObjectNode simulatedHost(VsmmuFacts facts) {
    return object()
        .put("invalidations", facts.invalidations().entries())
        .put("invalidationCalls", facts.invalidations().calls());
  }

  private static ArrayNode replays(VsmmuFacts facts) {
    ArrayNode replays = array();
    for (VsmmuFacts.ReplayResult result : facts.replays()) {
      ObjectNode replay = object().put("mode", result.mode());
      replay.set("hostOperations", result.answer().path("hostOperations"));
      replay.set("diverged", result.answer().path("diverged"));
      replay.set("divergences", result.answer().path("divergences"));
      replays.add(replay);
    }
    return replays;
  }

  private static ObjectNode chosen(JsonNode from, List<String> members) {
    ObjectNode to = object();
    for (String member : members) {
      if (from.has(member)) {
        to.set(member, from.path(member));
      }
    }
    return to;
  }

  private static ObjectNode object() {
    return ServiceClient.JSON.createObjectNode();
  }

  private static ArrayNode array() {
    return ServiceClient.JSON.createArrayNode();
  }
}
