package io.vsmmu.cli.output;

import java.io.PrintWriter;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** The answer to why something is as it is, for people. */
public final class WhyText {

  /** Marks the steps of what was asked for. */
  private static final String ASKED = ">";

  private static final String INDENT = "  ";

  private final PrintWriter out;
  private final int width;

  /**
   * @param width columns of the terminal, or {@link Table#WIDE} for no limit
   */
  public WhyText(PrintWriter out, int width) {
    this.out = out;
    this.width = width;
  }

  /** Prints a change of a value, a chain and what happened to an address, as far as given. */
  public void print(JsonNode answer) {
    if (answer.hasNonNull("value")) {
      value(answer.path("value"));
    }
    if (answer.hasNonNull("chain")) {
      chain(answer.path("chain"));
    }
    if (answer.hasNonNull("address")) {
      address(answer.path("address"), CellText.of(answer.path("position")));
    }
  }

  private void value(JsonNode value) {
    String now =
        "%s is %s".formatted(CellText.of(value.path("path")), CellText.of(value.path("value")));
    if (value.hasNonNull("readableFrom")) {
      line(
          "%s, as it was from position %s on; in front of it the log cannot be read"
              .formatted(now, CellText.of(value.path("readableFrom"))));
      return;
    }
    String origin =
        value.hasNonNull("setAt")
            ? ", set at position %s, before that %s"
                .formatted(CellText.of(value.path("setAt")), CellText.of(value.path("before")))
            : ", as it was when the log began: none of its events set it";
    line(now + origin);
  }

  private void chain(JsonNode chain) {
    line(
        "position %s: %s"
            .formatted(
                CellText.of(chain.at("/event/position")), CellText.of(chain.at("/event/type"))));
    Table table = new Table("", "position", "us", "step").text("what");
    for (JsonNode step : chain.path("steps")) {
      table.row(
          step.path("asked").asBoolean(false) ? ASKED : "",
          CellText.of(step.path("position")),
          CellText.of(step.path("micros")),
          kind(step),
          CellText.of(step.path("text")));
    }
    table.print(out, "", width);
    int omitted = chain.path("omitted").asInt(0);
    if (omitted > 0) {
      line("%d steps are left out; --all shows them".formatted(omitted));
    }
    notes(chain.path("notes"));
  }

  private static String kind(JsonNode step) {
    return step.path("kind").asString("").toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private void address(JsonNode address, String position) {
    line(
        "address %s%s%s up to position %s"
            .formatted(
                CellText.of(address.path("iova")),
                address.hasNonNull("sid") ? " of StreamID " + CellText.of(address.path("sid")) : "",
                address.hasNonNull("asid") ? " with ASID " + CellText.of(address.path("asid")) : "",
                position));
    Table table = new Table("what", "position").text("detail");
    for (JsonNode stream : address.path("streams")) {
      table.row(
          "stream " + CellText.of(stream.path("sid")),
          CellText.of(stream.path("since")),
          "%s, in effect %s, because of %s; STE %s"
              .formatted(
                  CellText.of(stream.path("configuration")),
                  CellText.of(stream.path("effective")),
                  CellText.of(stream.path("reason")),
                  SteText.of(stream)));
      command(table, "CD read again by", stream.path("context"));
    }
    tlb(table, address.path("invalidations"));
    invalidation(table, "last ATC_INV", address.path("atc"));
    JsonNode shown = address.path("translation");
    if (!shown.isMissingNode() && !shown.isNull()) {
      table.row(
          "translation",
          CellText.of(shown.path("position")),
          "StreamID %s, stage %s: %s to %s"
              .formatted(
                  CellText.of(shown.path("sid")),
                  CellText.of(shown.path("stage")),
                  CellText.of(shown.path("iova")),
                  CellText.of(shown.path("translated"))));
    }
    faults(table, "fault before", address.path("faultsBefore"));
    faults(table, "fault after", address.path("faultsAfter"));
    table.print(out, "", width);
    notes(address.path("notes"));
  }

  /** The invalidations of the address itself, then the last of the others and their number. */
  private static void tlb(Table table, JsonNode invalidations) {
    JsonNode own = invalidations.path("own");
    own.forEach(invalidation -> invalidation(table, "TLBI of its page", invalidation));
    int more = invalidations.path("ownCount").asInt(0) - own.size();
    if (more > 0) {
      table.row("TLBI of its page", "", "%d more, earlier".formatted(more));
    }
    invalidation(table, "TLBI that covers it", invalidations.path("covering"));
    int others = invalidations.path("coveringCount").asInt(0) - 1;
    if (others > 0) {
      table.row("TLBI that covers it", "", "%d more, earlier".formatted(others));
    }
  }

  private static void invalidation(Table table, String what, JsonNode invalidation) {
    command(table, what, invalidation.path("command"));
    if (invalidation.hasNonNull("command")) {
      JsonNode sync = invalidation.path("sync");
      table.row(
          INDENT + "completed by",
          CellText.of(sync.path("position")),
          sync.isNull() || sync.isMissingNode()
              ? "no CMD_SYNC follows"
              : CellText.of(sync.path("text")));
    }
  }

  private static void command(Table table, String what, JsonNode command) {
    if (!command.isMissingNode() && !command.isNull()) {
      table.row(what, CellText.of(command.path("position")), CellText.of(command.path("text")));
    }
  }

  private static void faults(Table table, String what, JsonNode faults) {
    for (JsonNode fault : faults) {
      table.row(what, CellText.of(fault.path("position")), CellText.of(fault.path("text")));
    }
  }

  private void notes(JsonNode notes) {
    notes.forEach(
        note -> Paragraph.print(out, CellText.of(note), "note: ", INDENT + "    ", width));
  }

  private void line(String text) {
    Paragraph.print(out, text, "", INDENT, width);
  }
}
