package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Paragraph;
import io.vsmmu.debugger.find.FindLimits;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "find",
    description =
        "Finds the events at which a condition holds; exit code 1 if it holds at none. The"
            + " conditions are described in docs/find.md.")
final class FindCommand extends VsmmuCommand {

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
      description = "With --all: the number of hits that are shown, 0 to 1000. Default: 100.",
      converter = Limit.class)
  private @Nullable Long limit;

  @Option(
      names = "--buckets",
      paramLabel = "N",
      description =
          "With --count: counts for each of N intervals of positions of the same length, 1 to"
              + " 1000.",
      converter = Buckets.class)
  private @Nullable Long buckets;

  private static final class Limit extends WholeNumber {
    Limit() {
      super(0, FindLimits.HITS);
    }
  }

  private static final class Buckets extends WholeNumber {
    Buckets() {
      super(1, FindLimits.BUCKETS);
    }
  }

  /** Which of the events at which the condition holds are wanted. */
  private static final class Wanted {

    @Option(names = "--first", description = "The first event at which it holds. Default.")
    private boolean first;

    @Option(names = "--last", description = "The last event at which it holds.")
    private boolean last;

    @Option(
        names = "--next",
        paramLabel = "P",
        description = "The first event behind position P at which it begins to hold.",
        converter = Position.Converter.class)
    private @Nullable Position next;

    @Option(
        names = "--previous",
        paramLabel = "P",
        description = "The last event in front of position P at which it begins to hold.",
        converter = Position.Converter.class)
    private @Nullable Position previous;

    @Option(
        names = "--all",
        description =
            "Every event at which it begins to hold, up to which event it holds from there on, and"
                + " at how many.")
    private boolean all;

    @Option(
        names = "--count",
        description = "Only how often it begins to hold, and at how many events it holds.")
    private boolean count;

    boolean severalHits() {
      return all || count;
    }

    void addTo(ObjectNode body) {
      if (next != null) {
        next.putInto(body.put("mode", "next"), "at");
      } else if (previous != null) {
        previous.putInto(body.put("mode", "previous"), "at");
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

  @Override
  Map<String, String> requestNames() {
    return Map.of("at", wanted.next == null ? "--previous" : "--next");
  }

  private ObjectNode body() {
    if (limit != null && !wanted.all) {
      throw wrong("--limit goes with --all only");
    }
    if (buckets != null && !wanted.count) {
      throw wrong("--buckets goes with --count only");
    }
    if (wanted.next != null && interval.from() != null) {
      throw wrong("--from does not go with --next, which searches behind its position");
    }
    if (wanted.previous != null && interval.to() != null) {
      throw wrong("--to does not go with --previous, which searches in front of its position");
    }
    interval.check(this);
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
