package io.vsmmu.cli.demo;

import io.vsmmu.cli.command.ServiceUrl;
import io.vsmmu.cli.demo.DemoRun.DemoResult;
import java.net.URI;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** What a user can do next: pages of the console to go to, and three complete commands to copy. */
final class NextSteps {

  private NextSteps() {}

  /**
   * Makes the commands.
   *
   * @param service URL of the service; a part of the commands unless they would use it by default
   * @param environment the environment variables with which the commands will run
   */
  static List<String> of(DemoResult outcome, URI service, Map<String, String> environment) {
    String url = service.equals(ServiceUrl.withoutOption(environment)) ? "" : " --url " + service;
    return outcome.vsmmus().stream().findFirst().map(facts -> of(facts, url)).orElse(List.of());
  }

  /**
   * The console's view of each vSMMU, at the moment that the commands are about, as the fragment of
   * its address.
   */
  static List<String> views(DemoResult outcome) {
    return outcome.vsmmus().stream()
        .map(
            facts ->
                facts.histories().isEmpty()
                    ? "/vsmmus/" + facts.name()
                    : "/vsmmus/%s?at=%d".formatted(facts.name(), lastChange(facts)))
        .toList();
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
    JsonNode change = lastChange(facts.histories().getLast());
    long position = lastChange(facts);
    return List.of(
        "./vsmmu find %s 'streams[\"%s\"].configuration == \"%s\"'%s"
            .formatted(facts.name(), sid, change.path("configuration").asString(""), url),
        "./vsmmu why %s %d%s".formatted(facts.name(), position, url),
        "./vsmmu diff %s %d %d%s"
            .formatted(facts.name(), Math.max(1, position - 1), position, url));
  }

  /** The position of the last stream's last change. */
  private static long lastChange(VsmmuFacts facts) {
    return lastChange(facts.histories().getLast()).path("position").asLong(1);
  }

  /** The entry with which the stream's STE changed last; without a change, the last entry. */
  private static JsonNode lastChange(List<JsonNode> history) {
    return history.stream()
        .filter(entry -> !entry.path("changed").isEmpty())
        .reduce((earlier, later) -> later)
        .or(() -> history.stream().reduce((earlier, later) -> later))
        .orElse(MissingNode.getInstance());
  }
}
