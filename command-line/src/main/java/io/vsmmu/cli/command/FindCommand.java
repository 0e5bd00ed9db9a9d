package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Paragraph;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "find",
    description =
        "Finds the events at which a condition holds; exit code 1 if it holds at none. The"
            + " conditions are described in docs/find.md.")
final class FindCommand extends VsmmuCommand {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "1",
      paramLabel = "EXPRESSION",
      description = "A condition, such as 'streams[\"0x900\"].configuration == \"TRANSLATE\"'.")
  private String expression = "";

  @ArgGroup(exclusive = true)
  private Wanted wanted = new Wanted();

  @Mixin private Interval interval = new Interval();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "With --all: how many hits are shown, 0 to 1000 (default: 100).")
  private @Nullable Integer limit;

  @Option(
      names = "--buckets",
      paramLabel = "N",
      description = "With --count: how often in each of N intervals of the log, up to 1000.")
  private @Nullable Integer buckets;

  /** Which of the events at which the condition holds are wanted. */
  private static final class Wanted {

    @Option(names = "--first", description = "The first event at which it holds (default).")
    private boolean first;

    @Option(names = "--last", description = "The last event at which it holds.")
    private boolean last;

    @Option(
        names = "--next",
        paramLabel = "P",
        description = "The first event behind this position at which it begins to hold.",
        converter = Position.Converter.class)
    private @Nullable Position next;

    @Option(
        names = "--previous",
        paramLabel = "P",
        description = "The last event in front of this position at which it begins to hold.",
        converter = Position.Converter.class)
    private @Nullable Position previous;

    @Option(
        names = "--all",
        description = "Every event at which it begins to hold, and how long it holds.")
    private boolean all;

    @Option(names = "--count", description = "How often it begins to hold, and for how long.")
    private boolean count;

    boolean severalHits() {
      return all || count;
    }

    void addTo(ObjectNode body) {
      if (next != null) {
        body.put("mode", "next").put("at", next.value());
      } else if (previous != null) {
        body.put("mode", "previous").put("at", previous.value());
      } else {
        body.put("mode", severalHits() ? "all" : last && !first ? "last" : "first");
      }
    }
  }

  @Override
  ExitCode ask(ServiceClient service) {
    ObjectNode body = body();
    Reply reply =
        answer(service, "EXPRESSION", expression, () -> service.ask(path() + "/find", body));
    print(reply, this::show);
    return reply.body().path("found").asLong(0) == 0 ? ExitCode.NO : ExitCode.OK;
  }

  private ObjectNode body() {
    if (limit != null && !wanted.all) {
      throw new ParameterException(spec.commandLine(), "--limit goes with --all only");
    }
    if (buckets != null && !wanted.count) {
      throw new ParameterException(spec.commandLine(), "--buckets goes with --count only");
    }
    ObjectNode body = ServiceClient.JSON.createObjectNode().put("expression", expression);
    wanted.addTo(body);
    interval.addTo(body);
    if (wanted.count) {
      body.put("limit", 0);
    } else if (limit != null) {
      body.put("limit", limit);
    }
    if (buckets != null) {
      body.put("buckets", buckets);
    }
    return body;
  }

  private void show(JsonNode answer) {
    JsonNode hits = answer.path("hits");
    if (wanted.count) {
      count(answer);
    } else if (hits.isEmpty() && answer.path("found").asLong(0) > 0) {
      out().println("%,d hits; --limit 0 shows none".formatted(answer.path("found").asLong(0)));
    } else if (hits.isEmpty()) {
      out().println("nothing found in %s events".formatted(answer.path("events").asString("0")));
    } else {
      JsonTable table = new JsonTable().plain("position").extra("time").plain("type");
      boolean runs = wanted.all && !answer.path("occurrence").asBoolean(false);
      if (runs) {
        table.plain("to", "events");
      }
      table.text("values").of(readable(hits)).print(out(), "", width());
      more(answer, hits);
    }
    answer
        .path("notes")
        .forEach(note -> Paragraph.print(out(), CellText.of(note), "note: ", "      ", width()));
    JsonNode damage = answer.path("damage");
    if (damage.isObject()) {
      out()
          .println(
              "the log cannot be read from sequence %s%s on: %s"
                  .formatted(
                      damage.path("sequence").asString(""),
                      damage.hasNonNull("position")
                          ? ", position %s,".formatted(CellText.of(damage.path("position")))
                          : "",
                      CellText.of(damage.path("problem"))));
    }
  }

  private void more(JsonNode answer, JsonNode hits) {
    long others = answer.path("found").asLong(0) - hits.size();
    if (others > 0) {
      long last = hits.get(hits.size() - 1).path("to").asLong(0);
      out().println("%,d more: --from %d, or --limit".formatted(others, last + 1));
    }
  }

  private void count(JsonNode answer) {
    boolean occurrence = answer.path("occurrence").asBoolean(false);
    out()
        .println(
            occurrence
                ? "it holds at %,d of %,d events"
                    .formatted(answer.path("found").asLong(0), answer.path("events").asLong(0))
                : "hits: %,d; it holds at %,d of %,d events"
                    .formatted(
                        answer.path("found").asLong(0),
                        answer.path("holding").asLong(0),
                        answer.path("events").asLong(0)));
    if (!answer.path("buckets").isEmpty()) {
      new JsonTable()
          .plain("from", "to", "found", "holding")
          .of(answer.path("buckets"))
          .print(out(), "", width());
    }
  }

  /** The hits with their values as a text; those of the event have no value before it. */
  private static JsonNode readable(JsonNode hits) {
    JsonNode copy = hits.deepCopy();
    for (JsonNode hit : copy) {
      if (hit instanceof ObjectNode object) {
        object.put(
            "values",
            hit.path("values")
                .valueStream()
                .map(FindCommand::text)
                .collect(Collectors.joining(", ")));
      }
    }
    return copy;
  }

  private static String text(JsonNode value) {
    String before = value.has("before") ? CellText.of(value.path("before")) + " -> " : "";
    return "%s %s%s"
        .formatted(CellText.of(value.path("path")), before, CellText.of(value.path("after")));
  }
}
