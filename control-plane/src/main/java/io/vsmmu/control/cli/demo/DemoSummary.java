package io.vsmmu.control.cli.demo;

import io.vsmmu.control.cli.demo.DemoRun.Outcome;
import io.vsmmu.control.cli.output.Cells;
import io.vsmmu.control.cli.output.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The demonstration's outcome for people. */
final class DemoSummary {

  private static final String INDENT = "  ";

  private final PrintWriter out;

  DemoSummary(PrintWriter out) {
    this.out = out;
  }

  void print(Sample sample, Outcome outcome) {
    out.println();
    out.println("Recording " + sample.file());
    out.println(INDENT + sample.description());
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
      out.println(unattributed + " lines belong to a vSMMU, but nothing tells to which");
    }
  }

  private void counts(VsmmuFacts facts) {
    heading("vSMMU " + facts.name());
    String kinds =
        facts.imported().path("commands").properties().stream()
            .map(count -> Cells.of(count.getValue()) + " " + count.getKey())
            .collect(Collectors.joining(", "));
    out.println(INDENT + facts.commands() + " commands: " + kinds);
    out.println(INDENT + Cells.of(facts.imported().path("events")) + " events in PostgreSQL");
  }

  private void hosts(VsmmuFacts facts) {
    heading("Invalidations");
    JsonNode recording = facts.state().path("recording");
    String theirs = Cells.of(recording.path("hostInvalidations"));
    new Table("host", "entries", "calls")
        .row("recorded (QEMU)", theirs, theirs)
        .row(
            "ours (simulated)",
            Long.toString(facts.invalidations().entries()),
            Long.toString(facts.invalidations().calls()))
        .print(out, INDENT);
  }

  private void streams(VsmmuFacts facts) {
    int i = 0;
    for (JsonNode stream : facts.state().path("streams")) {
      JsonNode device = stream.path("device");
      heading(
          "Life of stream %s, %s"
              .formatted(
                  Cells.of(stream.path("sid")),
                  device.isNull() ? "no device behind it" : "device " + Cells.of(device)));
      history(facts.histories().get(i++));
    }
  }

  private void history(List<JsonNode> entries) {
    Table table = new Table("position", "reason", "configuration", "effective", "STE", "changed");
    for (JsonNode entry : entries) {
      JsonNode reason = entry.path("reason");
      table.row(
          Cells.of(entry.path("position")),
          Cells.of(reason.isNull() ? entry.path("type") : reason),
          Cells.of(entry.path("configuration")),
          Cells.of(entry.path("effective")),
          Cells.of(entry.path("ste")),
          changes(entry.path("changed")));
    }
    table.print(out, INDENT);
  }

  private static String changes(JsonNode changed) {
    return changed
        .valueStream()
        .map(
            field ->
                "%s %s -> %s"
                    .formatted(
                        Cells.of(field.path("field")),
                        Cells.of(field.path("before")),
                        Cells.of(field.path("after"))))
        .collect(Collectors.joining(", "));
  }

  private void findings(VsmmuFacts facts) {
    heading("Findings");
    if (facts.findings().isEmpty()) {
      out.println(INDENT + "none");
    }
    for (JsonNode finding : facts.findings()) {
      JsonNode to = finding.path("to");
      out.println(
          INDENT
              + "%s %s, positions %s to %s (see also %s)"
                  .formatted(
                      Cells.of(finding.path("severity")),
                      Cells.of(finding.path("rule")),
                      Cells.of(finding.path("from")),
                      to.isNull() ? "the end" : Cells.of(to),
                      Cells.of(finding.path("evidence"))));
      out.println(INDENT + INDENT + Cells.whole(finding.path("text")));
    }
  }

  private void replays(VsmmuFacts facts) {
    heading("Replays, compared with the log");
    Table table = new Table("mode", "host operations", "divergences");
    for (VsmmuFacts.ReplayResult result : facts.replays()) {
      table.row(
          result.mode(),
          Cells.of(result.answer().path("hostOperations")),
          Integer.toString(result.answer().path("divergences").size()));
    }
    table.print(out, INDENT);
  }

  private void heading(String text) {
    out.println();
    out.println(text);
  }
}
