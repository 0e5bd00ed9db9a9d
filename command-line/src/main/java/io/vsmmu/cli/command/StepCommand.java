package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Paragraph;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

@Command(
    name = "step",
    description =
        "Shows the next event, access, command, stream change, fault or doorbell after a position,"
            + " or the previous one.")
final class StepCommand extends VsmmuCommand {

  private static final JsonTable COLUMNS =
      new JsonTable()
          .plain("position")
          .extra("sequence")
          .plain("time", "type", "cause=cause.position")
          .data("data");

  @Parameters(
      index = "1",
      paramLabel = "POSITION",
      description = "Position to start from.",
      converter = Position.Converter.class)
  private Position position = Position.START;

  @Option(names = "--back", description = "To the previous one.")
  private boolean back;

  @Option(
      names = "--to",
      paramLabel = "UNIT",
      description =
          "event (default), access (a register write of the guest), command (one by one within a"
              + " slice), stream-change (a configuration, a device attached or detached), fault"
              + " (records or page requests that the host reported), doorbell (a write of"
              + " CMDQ_PROD).",
      defaultValue = "event")
  private StepUnit unit = StepUnit.EVENT;

  @Option(
      names = "--entry",
      paramLabel = "N",
      description =
          "With --to command: the index of the command within the slice at POSITION to start from;"
              + " without it the step leaves that slice. The slice must have it.",
      converter = Entry.class)
  private @Nullable Long entry;

  @Option(
      names = "--sid",
      paramLabel = "SID",
      description = "Only what names this StreamID.",
      converter = Hexadecimal.StreamIdConverter.class)
  private @Nullable Hexadecimal sid;

  private static final class Entry extends WholeNumber {
    Entry() {
      super(0, Integer.MAX_VALUE);
    }
  }

  /** The values of {@code --to}. */
  enum StepUnit {
    EVENT,
    ACCESS,
    COMMAND,
    STREAM_CHANGE,
    FAULT,
    DOORBELL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Override
  Map<String, String> requestNames() {
    return Map.of("from", "POSITION", "unit", "--to", "to", "--back");
  }

  @Override
  ExitCode ask(ServiceClient service) {
    if (entry != null && unit != StepUnit.COMMAND) {
      throw wrong("--entry goes with --to command only");
    }
    Reply reply =
        service.get(
            path()
                + "/step"
                + new UrlQuery()
                    .with("from", position)
                    .with("entry", entry)
                    .with("to", back ? "previous" : "next")
                    .with("unit", unit)
                    .with("sid", sid));
    print(reply, this::show);
    return reply.body().path("found").asBoolean(false) ? ExitCode.OK : ExitCode.NO;
  }

  private void show(JsonNode step) {
    String reached = CellText.of(step.path("position"));
    if (!step.path("found").asBoolean(false)) {
      String nothing =
          step.path("searchedToEnd").asBoolean(true)
              ? "no %s %s position %s: the log of %s %s at %s"
                  .formatted(
                      unit,
                      back ? "before" : "after",
                      position,
                      name(),
                      back ? "begins" : "ends",
                      reached)
              : "no %s up to position %s, where the search ended; go on from there"
                  .formatted(unit, reached);
      Paragraph.print(out(), nothing, "", "", width());
      return;
    }
    if (step.hasNonNull("command")) {
      Paragraph.print(
          out(),
          "entry %s: %s %s"
              .formatted(
                  CellText.of(step.path("entry")),
                  CellText.of(step.at("/command/name")),
                  CellText.of(step.at("/command/fields"))),
          "",
          "  ",
          width());
    }
    ArrayNode events = ServiceClient.JSON.createArrayNode();
    events.add(step.path("event"));
    COLUMNS.of(events).print(out(), "", width());
  }
}
