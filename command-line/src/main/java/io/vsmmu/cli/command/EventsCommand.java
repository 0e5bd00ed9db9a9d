package io.vsmmu.cli.command;

import io.vsmmu.cli.client.EventFeed;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.EventLine;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.problem.NearNames;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

@Command(name = "events", description = "Lists events, oldest first, one page at a time.")
final class EventsCommand extends PagedCommand {

  @Mixin private Interval interval = new Interval();

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "Only events of this type, such as StreamConfigured; several with commas between them.",
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
          "Only lines of a recording that are of one of its vSMMUs, but not known of which; they"
              + " are kept with the first one.")
  private boolean unattributed;

  @Option(
      names = "--around",
      paramLabel = "MOMENT",
      description = "The events around this moment, as many up to it as behind it; of one vSMMU.",
      converter = Moment.Converter.class)
  private @Nullable Moment around;

  @Option(
      names = "--fraction",
      paramLabel = "F",
      description =
          "The events around this fraction of the log, 0 to 1, such as 0.37; of one vSMMU.",
      converter = FractionConverter.class)
  private @Nullable String fraction;

  @Option(
      names = "--before",
      paramLabel = "P",
      description = "The last events before this position; of one vSMMU.",
      converter = Position.Converter.class)
  private @Nullable Position before;

  @Option(
      names = {"-f", "--follow"},
      description =
          "Goes on with each event that is appended, one line each, until Ctrl-C, with -o json one"
              + " object each; behind --after if that is given. Of one vSMMU, with --type alone."
              + " When the service is unavailable it says so once, and goes on behind the last"
              + " event when it answers again, for up to 60 s.")
  private boolean follow;

  /** Reads a number from 0 to 1, as the service does. */
  private static final class FractionConverter implements ITypeConverter<String> {

    private static final Pattern FRACTION = Pattern.compile("[01]|1\\.0{1,18}|0?\\.[0-9]{1,18}");

    @Override
    public String convert(String text) {
      if (FRACTION.matcher(text).matches()) {
        return text;
      }
      throw new TypeConversionException(
          "'%s' is not a fraction; allowed: a number from 0 to 1, such as 0.37".formatted(text));
    }
  }

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
  void check() {
    List<String> places = new ArrayList<>();
    if (around != null) {
      places.add("--around");
    }
    if (fraction != null) {
      places.add("--fraction");
    }
    if (before != null) {
      places.add("--before");
    }
    if (after() != null) {
      places.add("--after");
    }
    if (places.size() > 1) {
      throw wrong(
          "%s: each selects a page of its own; give one of them"
              .formatted(String.join(" and ", places)));
    }
    types();
    interval.check(this);
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
      throw wrong("--follow is for one vSMMU, with --type and --after alone");
    }
    Set<String> types = types();
    // By its id, because a vSMMU that is deleted meanwhile leaves its name to another one.
    String id = service.get(vsmmu(asked.getFirst())).body().path("id").asString("");
    EventFeed feed =
        new EventFeed(
            service,
            vsmmu(id),
            after(),
            event -> {
              if (types.contains(event.path("type").asString(""))) {
                out().println(json() ? event.toString() : EventLine.of(event, width()));
                out().flush();
              }
            },
            this::warn);
    try {
      feed.follow();
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
        throw wrong(
            "--type: there is no type '%s'%s; allowed: one of %s"
                .formatted(each, NearNames.question(each, known), NearNames.first(each, labels())));
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
