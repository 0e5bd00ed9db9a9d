package io.vsmmu.cli.demo;

import io.vsmmu.cli.demo.DemoRun.DemoResult;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.FindingText;
import io.vsmmu.cli.output.Paragraph;
import io.vsmmu.cli.output.SteText;
import io.vsmmu.cli.output.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The result of {@code demo} as text, with an explanation of the words that it uses. */
final class DemoSummary {

  private static final String INDENT = "  ";
  private static final String UNKNOWN = "UNKNOWN";

  private final PrintWriter out;
  private final int width;

  /**
   * @param width columns of the terminal
   */
  DemoSummary(PrintWriter out, int width) {
    this.out = out;
    this.width = width;
  }

  void print(BundledRecording sample, DemoResult outcome) {
    out.println();
    out.println("Recording " + sample.file());
    say(sample.description());
    for (VsmmuFacts facts : outcome.vsmmus()) {
      counts(facts);
      hosts(facts);
      streams(facts);
      findings(facts);
      replays(facts);
    }
    long unattributed = outcome.imported().path("unattributed").asLong(0);
    if (unattributed > 0) {
      out.println();
      out.println(unattributed + " lines belong to a vSMMU, but the trace does not show to which");
    }
  }

  private void counts(VsmmuFacts facts) {
    heading("vSMMU " + facts.name());
    String kinds =
        facts.imported().path("commands").properties().stream()
            .map(count -> CellText.of(count.getValue()) + " " + count.getKey())
            .collect(Collectors.joining(", "));
    say(facts.commands() + " commands: " + kinds);
    say(CellText.of(facts.imported().path("events")) + " events in PostgreSQL");
    say(
        "Each event has a position: its number in the log of all vSMMUs, counted from 1 without"
            + " holes. A position also names a moment, the state just after that event.");
  }

  private void hosts(VsmmuFacts facts) {
    heading("Invalidations");
    long recorded = facts.state().path("recording").path("hostInvalidations").asLong(0);
    long replayed = facts.invalidations().entries();
    new Table("host", "entries", "calls")
        .row("recorded (QEMU)", Long.toString(recorded), Long.toString(recorded))
        .row(
            "here (simulated)",
            Long.toString(replayed),
            Long.toString(facts.invalidations().calls()))
        .print(out, INDENT, width);
    long withheld = facts.withheldCds();
    if (recorded > replayed && recorded - replayed == withheld) {
      say(
          ("QEMU sent %d more, and both are right: they are CFGI_CD of a stream that was on bypass"
                  + " then. QEMU forwards CFGI_CD for every device, vsmmu only for one that"
                  + " translates: without stage 1 the host has cached no CD of it (IHI 0070, 4.3.3;"
                  + " docs/conformance.md).")
              .formatted(withheld));
    } else if (recorded != replayed) {
      say(
          "The guest's commands that were forwarded to the host: ./vsmmu invalidations "
              + facts.name());
    }
  }

  private void streams(VsmmuFacts facts) {
    int i = 0;
    boolean unknown = false;
    for (JsonNode stream : facts.state().path("streams")) {
      JsonNode device = stream.path("device");
      heading(
          "Life of stream %s, %s"
              .formatted(
                  CellText.of(stream.path("sid")),
                  device.isNull() ? "no device behind it" : "device " + CellText.of(device)));
      List<JsonNode> history = facts.histories().get(i++);
      history(history);
      unknown |= history.stream().anyMatch(DemoSummary::isUnknown);
    }
    if (i > 0) {
      heading("How to read it");
      say(
          "configuration is what the guest's stream table entry (STE) says; effective is what"
              + " transactions of the device meet. They differ while the SMMU is disabled: then"
              + " GBPA decides, here for bypass.");
    }
    if (unknown) {
      say(
          "UNKNOWN means that the recording does not show it: a command named the stream, but no"
              + " line of the trace shows its STE. Nothing is guessed; OBSERVED is where a later"
              + " line showed it.");
    }
  }

  private static boolean isUnknown(JsonNode entry) {
    return entry.path("configuration").asString("").equals(UNKNOWN);
  }

  private void history(List<JsonNode> entries) {
    Table table =
        new Table("position", "reason", "configuration", "effective").text("STE", "changed");
    for (JsonNode entry : entries) {
      JsonNode reason = entry.path("reason");
      table.row(
          CellText.of(entry.path("position")),
          CellText.of(reason.isNull() ? entry.path("type") : reason),
          CellText.of(entry.path("configuration")),
          CellText.of(entry.path("effective")),
          SteText.of(entry),
          CellText.of(entry.path("changed")));
    }
    table.print(out, INDENT, width);
  }

  private void findings(VsmmuFacts facts) {
    heading("Findings");
    if (facts.findings().isEmpty()) {
      say("none");
    }
    FindingText text = new FindingText(out, width);
    facts.findings().forEach(finding -> text.print(finding, INDENT));
  }

  private void replays(VsmmuFacts facts) {
    heading("Replays, compared with the log");
    Table table = new Table("mode", "host operations", "divergences");
    for (VsmmuFacts.ReplayResult result : facts.replays()) {
      table.row(
          result.mode(),
          CellText.of(result.answer().path("hostOperations")),
          Integer.toString(result.answer().path("divergences").size()));
    }
    table.print(out, INDENT, width);
    say(
        "events: the stored events are applied to a fresh host. commands: the guest's accesses are"
            + " decided again, without a host.");
  }

  private void heading(String text) {
    out.println();
    out.println(text);
  }

  private void say(String text) {
    Paragraph.print(out, text, INDENT, INDENT, width);
  }
}
