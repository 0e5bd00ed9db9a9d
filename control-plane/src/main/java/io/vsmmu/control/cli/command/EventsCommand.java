package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.client.Pages;
import io.vsmmu.control.cli.client.Query;
import io.vsmmu.control.cli.client.ServiceClient;
import io.vsmmu.control.cli.outcome.ExitCode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code events}. */
@Command(name = "events", description = "Lists events, oldest first, one page at a time.")
final class EventsCommand extends VsmmuCommand {

  private static final Listing COLUMNS =
      new Listing("position", "sequence", "time", "type", "cause", "data");

  @Mixin private PageOptions page = new PageOptions();

  @Option(names = "--type", paramLabel = "TYPE", description = "Only events of this type.")
  private @Nullable String type;

  @Option(
      names = "--sid",
      paramLabel = "SID",
      description = "Only events about this StreamID, such as 0x900.",
      converter = Hexadecimal.StreamId.class)
  private @Nullable Hexadecimal sid;

  @Option(
      names = "--asid",
      paramLabel = "ASID",
      description = "Only events about this ASID.",
      converter = Hexadecimal.Asid.class)
  private @Nullable Hexadecimal asid;

  @Option(
      names = "--va",
      paramLabel = "ADDRESS",
      description = "Only events about this virtual address.",
      converter = Hexadecimal.Address.class)
  private @Nullable Hexadecimal va;

  @Option(
      names = "--from",
      paramLabel = "MOMENT",
      description = "Only events from this position or instant on.",
      converter = Moment.Converter.class)
  private @Nullable Moment from;

  @Option(
      names = "--to",
      paramLabel = "MOMENT",
      description = "Only events up to this position or instant.",
      converter = Moment.Converter.class)
  private @Nullable Moment to;

  @Option(
      names = "--unattributed",
      description =
          "Only lines of a recording that are of one of its vSMMUs, but not known of which.")
  private boolean unattributed;

  @Override
  ExitCode ask(ServiceClient service) {
    Query query =
        page.query()
            .with("type", type)
            .with("sid", sid)
            .with("asid", asid)
            .with("va", va)
            .with("from", from)
            .with("to", to)
            .with("unattributed", unattributed ? true : null);
    print(service.get(path() + "/events" + query), this::show);
    return ExitCode.OK;
  }

  private void show(JsonNode events) {
    COLUMNS.of(Pages.items(events)).print(out(), "");
    PageOptions.more(events, out());
  }
}
