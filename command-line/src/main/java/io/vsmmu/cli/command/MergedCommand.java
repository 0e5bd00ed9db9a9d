package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/**
 * A command that lists items with positions in the log, of one vSMMU, of several or of all. The
 * items of several vSMMUs are merged in the order of their positions.
 */
abstract class MergedCommand extends RemoteCommand {

  /** The member that names the vSMMU of an item in a list of several vSMMUs. */
  static final String VSMMU = "vsmmu";

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "Name of a vSMMU; several are listed together, in the order of the log.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--all", description = "Of all vSMMUs instead of those named.")
  private boolean all;

  @Override
  final ExitCode ask(ServiceClient service) {
    check();
    List<String> asked = asked(service);
    if (followed()) {
      return follow(service, asked);
    }
    if (!all && asked.size() == 1) {
      Reply reply = service.get(path(asked.getFirst()));
      print(reply, body -> show(body, false));
      return outcome(reply.body());
    }
    onlyOfOne()
        .ifPresent(
            reason -> {
              throw wrong(reason);
            });
    SequencedMap<String, JsonNode> pages = new LinkedHashMap<>();
    asked.forEach(name -> pages.put(name, service.get(path(name)).body()));
    JsonNode merged = MergedPage.of(pages, most());
    print(
        new Reply(ServiceClient.JSON.writeValueAsString(merged), merged, null, null),
        body -> show(body, true));
    return outcome(merged);
  }

  /**
   * Checks the arguments that depend on one another.
   *
   * @throws ParameterException if they have no meaning together
   */
  void check() {}

  /** Why the arguments are for a single vSMMU; empty if they are not. */
  Optional<String> onlyOfOne() {
    return Optional.empty();
  }

  /** Whether the list goes on with what is appended, instead of ending. */
  boolean followed() {
    return false;
  }

  /** Prints what is appended to the logs of these vSMMUs, one line each, until it is stopped. */
  ExitCode follow(ServiceClient service, List<String> asked) {
    throw new IllegalStateException("this list cannot be followed");
  }

  private List<String> asked(ServiceClient service) {
    if (all == !names.isEmpty()) {
      throw wrong(all ? "--all is for all vSMMUs: leave NAME out" : "NAME is missing; or --all");
    }
    if (!all) {
      return List.copyOf(new LinkedHashSet<>(names));
    }
    List<String> found = new ArrayList<>();
    new PagedList(service)
        .each("/vsmmus", PagedList.large(), vsmmu -> found.add(vsmmu.path("name").asString("")));
    return found;
  }

  private String path(String name) {
    return vsmmu(name) + "/" + resource() + query();
  }

  /** The last segment of the list's path, behind that of the vSMMU. */
  abstract String resource();

  /** The parameters of the request: filter and page. */
  abstract UrlQuery query();

  /** The largest number of items in a list of several vSMMUs. */
  abstract int most();

  /**
   * Prints a list.
   *
   * @param several whether each item has the member {@link #VSMMU}
   */
  abstract void show(JsonNode list, boolean several);

  ExitCode outcome(JsonNode list) {
    return ExitCode.OK;
  }
}
