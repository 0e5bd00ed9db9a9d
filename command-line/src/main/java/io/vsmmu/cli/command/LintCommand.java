package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.FindingText;
import io.vsmmu.problem.NearNames;
import io.vsmmu.projections.lint.Rule;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(
    name = "lint",
    description =
        "Shows what in the log hints at a bug of the guest or the VMM; exit code 1 if a finding is"
            + " of severity error, or of the one that --fail-on gives.")
final class LintCommand extends MergedCommand {

  /** How much a finding matters, from least to most. */
  enum Level {
    INFO,
    WARNING,
    ERROR;

    /** The word for it on the command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--fail-on",
      paramLabel = "LEVEL",
      description =
          "Exit code 1 if a finding has this severity or a higher one: info, warning, error."
              + " Default: error.")
  private Level failOn = Level.ERROR;

  @Option(
      names = "--severity",
      paramLabel = "LEVEL",
      description = "Only findings of this severity or a higher one.")
  private @Nullable Level severity;

  @Option(
      names = "--rule",
      paramLabel = "RULE",
      description = "Only findings of this rule, such as FAULT; several with commas between them.",
      completionCandidates = Rules.class)
  private @Nullable String rule;

  /** The values of {@code --rule} that a shell completes. */
  static final class Rules implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }
  }

  private static List<String> names() {
    return Arrays.stream(Rule.values()).map(Rule::name).toList();
  }

  @Override
  void check() {
    if (rule == null) {
      return;
    }
    List<String> known = names();
    for (String each : rule.split(",", -1)) {
      if (known.stream().noneMatch(each::equalsIgnoreCase)) {
        throw wrong(
            "--rule: there is no rule '%s'%s; allowed: %s"
                .formatted(each, NearNames.question(each, known), String.join(", ", known)));
      }
    }
  }

  @Override
  String resource() {
    return "findings";
  }

  @Override
  UrlQuery query() {
    return new UrlQuery().with("rule", rule).with("severity", severity);
  }

  /** No limit, because findings have no pages. */
  @Override
  int most() {
    return Integer.MAX_VALUE;
  }

  @Override
  ExitCode outcome(JsonNode list) {
    return PagedList.items(list).valueStream().anyMatch(this::fails) ? ExitCode.NO : ExitCode.OK;
  }

  private boolean fails(JsonNode finding) {
    String found = finding.path("severity").asString("");
    return Arrays.stream(Level.values())
        .filter(level -> level.compareTo(failOn) >= 0)
        .anyMatch(level -> level.name().equalsIgnoreCase(found));
  }

  @Override
  void show(JsonNode list, boolean several) {
    JsonNode findings = PagedList.items(list);
    if (findings.isEmpty()) {
      out().println("nothing found");
    }
    FindingText text = new FindingText(out(), width());
    for (JsonNode finding : findings) {
      if (several) {
        out().println(finding.path(VSMMU).asString(""));
      }
      text.print(finding, several ? "  " : "");
      out().println();
    }
    list.path("rules")
        .properties()
        .forEach(
            rule -> {
              out().println(rule.getKey());
              text.paragraph(rule.getValue().path("remedy").asString(""));
            });
    list.path("beyond")
        .properties()
        .forEach(
            rule ->
                out()
                    .println(
                        "%s more of %s are not listed"
                            .formatted(rule.getValue().asString(""), rule.getKey())));
  }
}
