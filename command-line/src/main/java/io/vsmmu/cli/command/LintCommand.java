package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.FindingText;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

@Command(
    name = "lint",
    description =
        "Shows what in the log hints at a bug of the guest or the VMM; exit code 1 if one is of"
            + " severity error.")
final class LintCommand extends MergedCommand {

  private static final String ERROR = "error";

  @Override
  String resource() {
    return "findings";
  }

  @Override
  UrlQuery query() {
    return new UrlQuery();
  }

  /** No limit, because findings have no pages. */
  @Override
  int most() {
    return Integer.MAX_VALUE;
  }

  @Override
  ExitCode outcome(JsonNode list) {
    return PagedList.items(list).valueStream().anyMatch(LintCommand::isError)
        ? ExitCode.NO
        : ExitCode.OK;
  }

  private static boolean isError(JsonNode finding) {
    return finding.path("severity").asString("").equalsIgnoreCase(ERROR);
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
