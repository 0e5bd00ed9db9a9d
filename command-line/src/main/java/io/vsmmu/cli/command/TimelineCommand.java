package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Table;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(
    name = "timeline",
    description = "Counts what a log contains in parts of equal width, of positions or of time.")
final class TimelineCommand extends VsmmuCommand {

  @Mixin private Interval interval = new Interval();

  @Option(
      names = "--by",
      paramLabel = "AXIS",
      description =
          "${COMPLETION-CANDIDATES} (default: time if --from or --to is an instant, else"
              + " position).")
  private @Nullable TimelineAxis by;

  @Option(
      names = "--buckets",
      paramLabel = "N",
      description = "Most parts, 1 to 1000 (default: ${DEFAULT-VALUE}).",
      defaultValue = "20")
  private int buckets;

  /** The values of {@code --by}. */
  enum TimelineAxis {
    POSITION,
    TIME;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  ExitCode ask(ServiceClient service) {
    UrlQuery query = new UrlQuery();
    interval.addTo(query);
    query.with("by", by).with("buckets", buckets);
    print(service.get(path() + "/timeline" + query), this::show);
    return ExitCode.OK;
  }

  private void show(JsonNode timeline) {
    Table table =
        new Table("from", "events", "accesses")
            .plain("faults", "errors", "streams")
            .extra("host", "recorded", "lost", "blind")
            .text("commands");
    for (JsonNode bucket : timeline.path("buckets")) {
      table.row(
          CellText.of(bucket.path("from")),
          CellText.of(bucket.path("events")),
          CellText.of(bucket.path("accesses")),
          CellText.of(bucket.path("faults")),
          CellText.of(bucket.path("errors")),
          CellText.of(bucket.path("streamChanges")),
          CellText.of(bucket.path("hostCalls")),
          CellText.of(bucket.path("recordedCalls")),
          CellText.of(bucket.path("lostRecords")),
          CellText.of(bucket.path("blind")),
          CellText.of(bucket.path("commands")));
    }
    table.print(out(), "", width());
  }
}
