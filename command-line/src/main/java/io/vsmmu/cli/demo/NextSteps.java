package io.vsmmu.cli.demo;

import io.vsmmu.cli.command.ServiceAddress;
import io.vsmmu.cli.demo.DemoRun.Outcome;
import java.net.URI;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Three commands to try next, which work as they stand when they are copied. */
final class NextSteps {

  private NextSteps() {}

  /**
   * The commands.
   *
   * @param service where they find the service; its address is part of them where it is not what
   *     they take by themselves
   * @param environment that they will find
   */
  static List<String> of(Outcome outcome, URI service, Map<String, String> environment) {
    String url = service.equals(ServiceAddress.usual(environment)) ? "" : " --url " + service;
    return outcome.vsmmus().stream().findFirst().map(facts -> of(facts, url)).orElse(List.of());
  }

  private static List<String> of(VsmmuFacts facts, String url) {
    int streams = facts.histories().size();
    if (streams == 0) {
      return List.of(
          "./vsmmu events " + facts.name() + url,
          "./vsmmu state " + facts.name() + url,
          "./vsmmu lint " + facts.name() + url);
    }
    String sid = facts.state().path("streams").path(streams - 1).path("sid").asString("");
    long position = lastChange(facts.histories().getLast());
    return List.of(
        "./vsmmu streams %s %s%s".formatted(facts.name(), sid, url),
        "./vsmmu why %s %d%s".formatted(facts.name(), position, url),
        "./vsmmu diff %s %d %d%s"
            .formatted(facts.name(), Math.max(1, position - 1), position, url));
  }

  /** Where the stream's STE changed last, else where its life ends. */
  private static long lastChange(List<JsonNode> history) {
    return history.stream()
        .filter(entry -> !entry.path("changed").isEmpty())
        .reduce((earlier, later) -> later)
        .or(() -> history.stream().reduce((earlier, later) -> later))
        .map(entry -> entry.path("position").asLong(1))
        .orElse(1L);
  }
}
