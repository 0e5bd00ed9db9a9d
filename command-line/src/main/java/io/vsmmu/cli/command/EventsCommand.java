package io.vsmmu.cli.command;

import io.vsmmu.cli.client.EventFeed;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.EventLine;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.problem.NearNames;
import io.vsmmu.smmu.wire.EventKind;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "events", description = "Lists events, oldest first, one page at a time.")
final class EventsCommand extends PagedCommand {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private Interval interval = new Interval();

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description = "Only events of this type; several with commas between them.",
      completionCandidates = Types.class)
  private @Nullable String type;

  @Option(
      names = "--sid",
      paramLabel = "SID",
      description = "Only events about this StreamID, such as 0x900.",
      converter = Hexadecimal.StreamIdConverter.class)
  private @Nullable Hexadecimal sid;

  @Option(
      names = "--asid",
      paramLabel = "ASID",
      description = "Only events about this ASID.",
      converter = Hexadecimal.AsidConverter.class)
  private @Nullable Hexadecimal asid;

  @Option(
      names = "--va",
      paramLabel = "ADDRESS",
      description = "Only events about this virtual address.",
      converter = Hexadecimal.AddressConverter.class)
  private @Nullable Hexadecimal va;

  @Option(
      names = "--unattributed",
      description =
          "Only lines of a recording that are of one of its vSMMUs, but not known of which.")
  private boolean unattributed;

  @Option(
      names = "--around",
      paramLabel = "MOMENT",
      description = "The events around a position or instant, as many up to it as behind it.",
      converter = Moment.Converter.class)
  private @Nullable Moment around;

  @Option(
      names = "--fraction",
      paramLabel = "F",
      description = "The events around a fraction of the log, 0 to 1, such as 0.37.")
  private @Nullable String fraction;

  @Option(
      names = "--before",
      paramLabel = "P",
      description = "The last events before this position.",
      converter = Position.Converter.class)
  private @Nullable Position before;

  @Option(
      names = {"-f", "--follow"},
      description =
          "Go on with each event that is appended, one line each, until Ctrl-C; with --after P"
              + " behind that position, else from now on.")
  private boolean follow;

  /** The values of {@code --type} that a shell completes. */
  static final class Types implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return labels().iterator();
    }
  }

  private static List<String> labels() {
    return Arrays.stream(EventKind.values()).map(EventKind::label).toList();
  }

  @Override
  JsonTable columns(JsonTable listing) {
    return listing
        .plain("position")
        .extra("sequence")
        .plain("time", "type", "cause=cause.position")
        .data("data");
  }

  @Override
  Optional<String> onlyOfOne() {
    return around != null || fraction != null || before != null
        ? Optional.of("--around, --fraction and --before are for one vSMMU")
        : Optional.empty();
  }

  @Override
  boolean followed() {
    return follow;
  }

  @Override
  ExitCode follow(ServiceClient service, List<String> asked) {
    if (asked.size() != 1 || !otherFilters(new UrlQuery()).toString().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--follow is for one vSMMU, with --type and --after alone");
    }
    Set<String> types = types();
    EventFeed feed =
        new EventFeed(
            service,
            vsmmu(asked.getFirst()),
            after(),
            event -> {
              if (types.contains(event.path("type").asString(""))) {
                out().println(json() ? event.toString() : EventLine.of(event, width()));
                out().flush();
              }
            });
    try {
      feed.follow(this::warn);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.OK;
  }

  private Set<String> types() {
    Set<String> known = Set.copyOf(labels());
    Set<String> wanted = type == null ? known : new LinkedHashSet<>(List.of(type.split(",", -1)));
    for (String each : wanted) {
      if (!known.contains(each)) {
        throw new ParameterException(
            spec.commandLine(),
            "--type: there is no type '%s'%s".formatted(each, NearNames.question(each, known)));
      }
    }
    return wanted;
  }

  @Override
  String resource() {
    return "events";
  }

  @Override
  UrlQuery filter(UrlQuery query) {
    return otherFilters(query.with("type", type));
  }

  /** The filters that the service's stream does not have. */
  private UrlQuery otherFilters(UrlQuery query) {
    query
        .with("sid", sid)
        .with("asid", asid)
        .with("va", va)
        .with("unattributed", unattributed ? true : null)
        .with("around", around)
        .with("fraction", fraction)
        .with("before", before);
    interval.addTo(query);
    return query;
  }
}
