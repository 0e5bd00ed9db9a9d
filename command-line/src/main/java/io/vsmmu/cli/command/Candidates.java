package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.ServiceToken;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.db.log.BookmarkName;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;

/**
 * What the word at the end of a command line can become: commands, options, the values that an
 * argument declares, and what the service knows. The label of an argument says what its values are.
 */
final class Candidates {

  /** The greatest number of names that the service is asked for. */
  private static final int NAMES = 1000;

  /** Labels of arguments that are lists with commas between their elements. */
  private static final Set<String> LISTS = Set.of("TYPE", "RULE");

  /** The greatest number of notes whose positions are shown. */
  private static final int NOTES = 1000;

  private final PartialLine line;
  private final Map<String, String> found = new LinkedHashMap<>();

  Candidates(PartialLine line) {
    this.line = line;
  }

  /** Those that begin like the word, in the order of the help; values that lie in time by time. */
  List<Candidate> all() {
    if (line.option() == null && line.word().startsWith("-")) {
      options();
    } else {
      if (line.option() == null && line.positionals().isEmpty()) {
        commands();
      }
      line.argument().ifPresent(this::values);
    }
    return found.entrySet().stream()
        .map(it -> new Candidate(line.before() + it.getKey(), it.getValue()))
        .toList();
  }

  private void options() {
    for (OptionSpec option : line.command().options()) {
      if (!option.hidden()) {
        add(option.longestName(), String.join(" ", option.description()));
      }
    }
  }

  private void commands() {
    line.command()
        .subcommands()
        .forEach(
            (name, command) -> {
              if (!command.getCommandSpec().usageMessage().hidden()) {
                add(name, String.join(" ", command.getCommandSpec().usageMessage().description()));
              }
            });
  }

  private void values(ArgSpec argument) {
    Iterable<String> declared = argument.completionCandidates();
    if (declared != null) {
      String others = LISTS.contains(argument.paramLabel()) ? listed() : "";
      declared.forEach(value -> add(others + value, ""));
    }
    try {
      asked(argument.paramLabel());
    } catch (Failure | TypeConversionException unreachable) {
      // Without a service, or with a wrong --url, a shell has nothing to show, and no use for a
      // message.
      return;
    }
  }

  /** The elements of a list with commas in front of the one that is completed. */
  private String listed() {
    return line.word().substring(0, line.word().lastIndexOf(',') + 1);
  }

  private void asked(String label) {
    switch (label) {
      case "NAME", "A", "B", "OTHER", "NAME|FILE", "VM|NAME" -> names("/vsmmus");
      case "VM" -> names("/vms");
      case "POSITION", "MOMENT", "FROM", "TO", "P" -> moments();
      case "SID" -> streams();
      case "ID" -> notes();
      default -> {}
    }
  }

  private void names(String list) {
    JsonNode page = service().get(list + "?limit=" + NAMES).body();
    PagedList.items(page).forEach(item -> add(item.path("name").asString(""), ""));
  }

  private void moments() {
    JsonNode state = state();
    if (state == null) {
      return;
    }
    for (JsonNode stream : state.path("streams")) {
      add(
          stream.path("since").asString(""),
          "stream %s is on %s"
              .formatted(
                  stream.path("sid").asString(""), stream.path("configuration").asString("")));
    }
    for (JsonNode note : listOfNotes()) {
      String position = note.path("position").asString("");
      String bookmark = note.path("bookmark").asString("");
      String text = note.path("text").asString("");
      if (!bookmark.isEmpty()) {
        add(BookmarkName.MARK + bookmark, ("position " + position + " " + text).strip());
      }
      add(position, (bookmark + " " + text).strip());
    }
    add(state.path("position").asString(""), "the newest event");
  }

  /** The numbers of the notes, with what they say. */
  private void notes() {
    for (JsonNode note : listOfNotes()) {
      add(
          note.path("id").asString(""),
          "position %s %s %s"
              .formatted(
                  note.path("position").asString(""),
                  note.path("bookmark").asString(""),
                  note.path("text").asString(""))
              .strip());
    }
  }

  /** The notes of the vSMMU that the line names; none if it names none. */
  private JsonNode listOfNotes() {
    return line.positionals().isEmpty()
        ? ServiceClient.JSON.createArrayNode()
        : PagedList.items(service().get(vsmmu() + "/notes?limit=" + NOTES).body());
  }

  private void streams() {
    JsonNode state = state();
    if (state != null) {
      for (JsonNode stream : state.path("streams")) {
        add(stream.path("sid").asString(""), stream.path("configuration").asString(""));
      }
    }
  }

  /** The state of the vSMMU that the line names; null if it names none. */
  private @Nullable JsonNode state() {
    return line.positionals().isEmpty() ? null : service().get(vsmmu() + "/state").body();
  }

  private String vsmmu() {
    return RemoteCommand.vsmmu(line.positionals().getFirst());
  }

  private ServiceClient service() {
    String url = line.url() == null ? System.getenv(ServiceUrl.VARIABLE) : line.url();
    URI service =
        url == null
            ? URI.create(ServiceUrl.DEFAULT)
            : new ServiceUrl.Converter().convert(url).uri();
    return new ServiceClient(service, ServiceToken.find(service, null, System.getenv()));
  }

  private void add(String word, String about) {
    if (!word.isEmpty() && word.startsWith(line.word())) {
      String first = about.lines().findFirst().orElse("").replace('\t', ' ');
      // A position may be several things; one line tells all of them.
      found.merge(
          CellText.clean(word),
          CellText.clean(first),
          (one, other) -> one.isEmpty() ? other : one + "; " + other);
    }
  }
}
