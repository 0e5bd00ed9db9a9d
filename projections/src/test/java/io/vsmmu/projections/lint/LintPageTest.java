package io.vsmmu.projections.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** docs/lint.md is what the rules say. {@code -Dlint.write=true} writes the page anew. */
class LintPageTest {

  private final StringBuilder page = new StringBuilder();

  private static Path file() {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    return module.resolveSibling("docs/lint.md");
  }

  @Test
  void the_page_of_lint_is_what_the_rules_say() throws IOException {
    String expected = rendered();
    if (Boolean.getBoolean("lint.write")) {
      Files.writeString(file(), expected);
    }

    assertThat(Files.readString(file())).isEqualTo(expected);
  }

  private String rendered() {
    line("# Lint");
    line("");
    line("`./vsmmu lint` and `GET /api/v1/vsmmus/{name}/findings` show what in a log hints at a");
    line("defect of the guest, the VMM or the host ([cli.md](cli.md#lint)). This page is written");
    line("from the rules (`io.vsmmu.projections.lint.Rule`) by `LintPageTest`");
    line("(`./mvnw -pl projections test -Dtest=LintPageTest -Dlint.write=true`). `RuleExamples`");
    line("has a log that each rule finds and one that it does not. What they find in the bundled");
    line(
        "recordings, with the lines that show it, is in [lint-recordings.md](lint-recordings.md).");
    line("");
    line(
        "A finding has a severity: `error` (an operation failed), `warning` (probably a defect,"
            + " or");
    line("a part of the log that may be incomplete) or `info` (worth knowing, nothing is wrong).");
    line(
        "The table has the highest one that a rule gives. Occurrences of the same problem are one");
    line("finding with their number, the positions of the first and the last, and some examples.");
    line("");
    line("| rule | severity | source |");
    line("|---|---|---|");
    for (Rule rule : Rule.values()) {
      line(
          "| [`%s`](#%s) | %s | %s |".formatted(rule, anchor(rule), severity(rule), rule.source()));
    }
    for (Rule rule : Rule.values()) {
      section(rule);
    }
    line("");
    line("## What a log cannot show");
    line("");
    line("A log contains the registers, the commands, the STEs that a CFGI command made the SMMU");
    line("read, and the fault records. It contains neither context descriptors nor translation");
    line("tables: those are read by the physical SMMU. So these questions have no rule:");
    line("");
    line("| question | why not, and what comes closest |");
    line("|---|---|");
    line(
        "| an unmapping without any TLBI | the change of a descriptor is not seen; with the"
            + " translations of an emulated SMMU: `TRANSLATION_CHANGED_WITHOUT_TLBI` |");
    line(
        "| a mapping that is used again before its TLBI is complete, on a host | the same; a"
            + " missing CMD_SYNC where the guest relies on one: `COMMAND_WITHOUT_SYNC` |");
    line(
        "| a changed CD without CMD_CFGI_CD | no CD is recorded; for an STE:"
            + " `STE_CHANGED_WITHOUT_CFGI` |");
    line(
        "| an STE that is changed while the SMMU is enabled, and never followed by a CFGI command"
            + " | it is not read again until then |");
    line(
        "| which ASID a stream has | it is in the CD; so `FAULT_AFTER_INVALIDATION` and"
            + " `MISSING_ATC_INV` examine vSMMUs in which one stream translates |");
    line(
        "| a missing CMD_ATC_INV for one address | which addresses a device has cached is not"
            + " seen; only the absence of all of them is found |");
    line(
        "| descriptors with the Contiguous bit | they are in the tables;"
            + " `SPLIT_RANGE_INVALIDATION` is an info |");
    line("");
    line("Where a log lacks commands (lines of a recording that could not be attributed or read,");
    line("skipped entries of the queue, commands without their operands, hardware queues), rules");
    line("that report the absence of a command are silent; they are marked above.");
    line("");
    line("## Limits");
    line("");
    line(
        "A guest decides what a log contains, so what a rule remembers is bounded (`LintLimits`).");
    line("The log keeps everything.");
    line("");
    line("| limit | value |");
    line("|---|---|");
    line(
        "| findings of one rule; more are counted in `beyond` | %d |"
            .formatted(LintLimits.FINDINGS));
    line("| occurrences of one finding that are cited | %d |".formatted(LintLimits.EXAMPLES));
    line("| positions that one finding cites | %d |".formatted(FindingReport.MOST_EVIDENCE));
    line(
        "| StreamIDs about which one rule remembers something | %d |"
            .formatted(LintLimits.STREAMS));
    line("| translated pages that are remembered | %d |".formatted(LintLimits.TRANSLATIONS));
    line("| invalidations that are remembered | %d |".formatted(LintLimits.INVALIDATIONS));
    return page.toString();
  }

  private void section(Rule rule) {
    line("");
    line("## " + rule);
    line("");
    line("*%s* · %s".formatted(severity(rule), rule.source()));
    line("");
    line(rule.meaning());
    line("");
    line("- **Shown by:** " + rule.evidence());
    line("- **Remedy:** " + rule.remedy());
    if (rule.needsWholeLog()) {
      line("- Silent for a log that lacks commands of the guest.");
    }
  }

  private static String severity(Rule rule) {
    return rule.severity().name().toLowerCase(Locale.ROOT);
  }

  private static String anchor(Rule rule) {
    return rule.name().toLowerCase(Locale.ROOT);
  }

  private void line(String text) {
    page.append(text).append('\n');
  }
}
