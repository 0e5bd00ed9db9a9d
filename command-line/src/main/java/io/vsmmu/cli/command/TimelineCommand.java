package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Table;
import io.vsmmu.debugger.timeline.TimelineLimits;
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
      description = "position or time. Default: time if a moment is an instant.")
  private @Nullable TimelineAxis by;

  @Option(
      names = "--buckets",
      paramLabel = "N",
      description = "Most parts, 1 to 1000. Default: 20.",
      defaultValue = "20",
      converter = Buckets.class)
  private long buckets;

  private static final class Buckets extends WholeNumber {
    Buckets() {
      super(1, TimelineLimits.BUCKETS);
    }
  }

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
    interval.check(this);
    Moment from = interval.from();
    Moment to = interval.to();
    boolean instants = (from != null && from.isInstant()) || (to != null && to.isInstant());
    UrlQuery query =
        new UrlQuery()
            .with("from", from == null || isBeforeLog(service, from) ? null : from)
            .with("to", to == null || isBehindLog(service, to) ? null : to)
            .with("by", by == null && instants ? TimelineAxis.TIME : by)
            .with("buckets", buckets);
    print(service.get(path() + "/timeline" + query), this::show);
    return ExitCode.OK;
  }

  /** Whether a beginning is before the first event, where there is nothing to count; says so. */
  private boolean isBeforeLog(ServiceClient service, Moment from) {
    JsonNode first = event(service, "?limit=1");
    boolean before = !first.isMissingNode() && from.isBefore(first);
    if (before) {
      warn(
          "--from %s is before the first event of %s: counted from position %s on, at %s"
              .formatted(
                  from,
                  name(),
                  CellText.of(first.path("position")),
                  CellText.of(first.path("time"))));
    }
    return before;
  }

  /** Whether an end is behind the newest event; says so. */
  private boolean isBehindLog(ServiceClient service, Moment to) {
    JsonNode last = event(service, "?limit=1&before=" + Long.MAX_VALUE);
    boolean behind = !last.isMissingNode() && to.isBehind(last);
    if (behind) {
      warn(
          "--to %s is behind the newest event of %s: counted up to position %s, at %s"
              .formatted(
                  to, name(), CellText.of(last.path("position")), CellText.of(last.path("time"))));
    }
    return behind;
  }

  private JsonNode event(ServiceClient service, String query) {
    return service.get(path() + "/events" + query).body().at("/items/0");
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
