package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Pages;
import io.vsmmu.cli.client.Query;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.outcome.ExitCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** A command about what is at positions of the log: of one vSMMU, of several, or of all. */
abstract class MergedCommand extends RemoteCommand {

  /** The member that tells whose an item is where the items of several vSMMUs are listed. */
  static final String VSMMU = "vsmmu";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "Name of a vSMMU; several are listed together, in the order of the log.")
  private List<String> names = new ArrayList<>();

  @Option(names = "--all", description = "All vSMMUs instead of those named.")
  private boolean all;

  @Override
  final ExitCode ask(ServiceClient service) {
    List<String> asked = asked(service);
    if (!all && asked.size() == 1) {
      Reply reply = service.get(path(asked.getFirst()));
      print(reply, body -> show(body, false));
      return outcome(reply.body());
    }
    SequencedMap<String, JsonNode> pages = new LinkedHashMap<>();
    asked.forEach(name -> pages.put(name, service.get(path(name)).body()));
    JsonNode merged = MergedPage.of(pages, most());
    print(
        new Reply(ServiceClient.JSON.writeValueAsString(merged), merged, null, null),
        body -> show(body, true));
    return outcome(merged);
  }

  private List<String> asked(ServiceClient service) {
    if (all == !names.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          all ? "--all is for all vSMMUs: leave NAME out" : "NAME is missing; or --all");
    }
    if (!all) {
      return List.copyOf(new LinkedHashSet<>(names));
    }
    List<String> found = new ArrayList<>();
    new Pages(service)
        .each("/vsmmus", Pages.large(), vsmmu -> found.add(vsmmu.path("name").asString("")));
    return found;
  }

  private String path(String name) {
    return vsmmu(name) + "/" + resource() + query();
  }

  /** The list below the vSMMU. */
  abstract String resource();

  /** The filter and the page of it. */
  abstract Query query();

  /** How many items are listed of several vSMMUs. */
  abstract int most();

  /**
   * Prints a list.
   *
   * @param several whether the items are of several vSMMUs, which each names
   */
  abstract void show(JsonNode list, boolean several);

  ExitCode outcome(JsonNode list) {
    return ExitCode.OK;
  }
}
