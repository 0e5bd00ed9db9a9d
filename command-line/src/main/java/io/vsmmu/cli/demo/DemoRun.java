package io.vsmmu.cli.demo;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ReplayClient;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.demo.VsmmuFacts.HostInvalidations;
import io.vsmmu.cli.demo.VsmmuFacts.ReplayResult;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Imports a bundled recording into a running service, replays and queries it, all over HTTP. */
final class DemoRun {

  /** In the order in which they are run and reported. */
  private static final List<String> MODES = List.of("events", "commands");

  private static final String OUTCOME = "HostOutcomeReported";
  private static final String INVALIDATE = "INVALIDATE";
  private static final String CFGI_CD = "CFGI_CD";

  private final ServiceClient service;
  private final PagedList pages;
  private final Consumer<String> progress;

  /**
   * @param progress receives one line before each step
   */
  DemoRun(ServiceClient service, Consumer<String> progress) {
    this.service = service;
    this.pages = new PagedList(service);
    this.progress = progress;
  }

  /**
   * The result of the demonstration.
   *
   * @param imported the answer to the import
   * @param vsmmus what was found out about each vSMMU of the recording
   */
  record DemoResult(JsonNode imported, List<VsmmuFacts> vsmmus) {
    DemoResult {
      vsmmus = List.copyOf(vsmmus);
    }
  }

  DemoResult run(BundledRecording sample) {
    progress.accept("Importing " + sample.file());
    UrlQuery query = new UrlQuery().with("format", "qemu-trace").with("name", sample.name());
    JsonNode imported =
        service.upload("/recordings" + query, BodyPublishers.ofInputStream(sample::open)).body();
    List<VsmmuFacts> vsmmus = new ArrayList<>();
    for (JsonNode vsmmu : imported.path("vsmmus")) {
      vsmmus.add(facts(vsmmu));
    }
    return new DemoResult(imported, vsmmus);
  }

  private VsmmuFacts facts(JsonNode imported) {
    String name = imported.path("name").asString("");
    List<ReplayResult> replays = MODES.stream().map(mode -> replay(name, mode)).toList();
    progress.accept("Asking what happened to " + name);
    String path = "/vsmmus/" + UrlQuery.segment(name);
    JsonNode state = service.get(path + "/state").body();
    List<List<JsonNode>> histories = new ArrayList<>();
    for (JsonNode stream : state.path("streams")) {
      String sid = UrlQuery.segment(stream.path("sid").asString(""));
      histories.add(all(path + "/streams/" + sid + "/history"));
    }
    return new VsmmuFacts(
        imported,
        state,
        histories,
        all(path + "/findings"),
        invalidations(path),
        withheldCds(path, state),
        replays);
  }

  private ReplayResult replay(String name, String mode) {
    progress.accept("Replaying the %s of %s and comparing".formatted(mode, name));
    ObjectNode request =
        ServiceClient.JSON
            .createObjectNode()
            .put("vsmmu", name)
            .put("mode", mode)
            .put("verify", true);
    return new ReplayResult(mode, new ReplayClient(service).run(request).body());
  }

  private HostInvalidations invalidations(String path) {
    long[] counts = new long[2];
    pages.each(
        path + "/events",
        PagedList.large().with("type", OUTCOME),
        event -> {
          for (JsonNode operation : event.path("data").path("operations")) {
            if (operation.path("kind").asString("").equals(INVALIDATE)) {
              counts[0]++;
              counts[1] += operation.path("entries").asLong(0);
            }
          }
        });
    return new HostInvalidations(counts[0], counts[1]);
  }

  private long withheldCds(String path, JsonNode state) {
    Set<String> withDevice =
        state
            .path("streams")
            .valueStream()
            .filter(stream -> stream.hasNonNull("device"))
            .map(stream -> stream.path("sid").asString(""))
            .collect(Collectors.toSet());
    long[] count = new long[1];
    pages.each(
        path + "/invalidations",
        PagedList.large(),
        item -> {
          JsonNode command = item.path("command");
          boolean withheld =
              !item.path("forwarded").asBoolean(true)
                  && command.path("name").asString("").equals(CFGI_CD)
                  && withDevice.contains(command.at("/fields/StreamID").asString(""));
          count[0] += withheld ? 1 : 0;
        });
    return count[0];
  }

  private List<JsonNode> all(String path) {
    List<JsonNode> items = new ArrayList<>();
    pages.each(path, new UrlQuery(), items::add);
    return items;
  }
}
