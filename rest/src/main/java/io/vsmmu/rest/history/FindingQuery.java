package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Parameter;
import io.vsmmu.projections.lint.FindingReport;
import io.vsmmu.projections.lint.Rule;
import io.vsmmu.projections.lint.Severity;
import io.vsmmu.rest.problem.ProblemException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The filters of {@code GET /vsmmus/{name}/findings}. */
record FindingQuery(
    @Parameter(description = "Rules, separated by commas", example = "FAULT")
        @Nullable Set<Rule> rule,
    @Parameter(description = "The lowest severity", example = "WARNING")
        @Nullable Severity severity) {

  /** The findings that are asked for. */
  FindingReport asked(FindingReport all) {
    if (rule != null && rule.isEmpty()) {
      throw ProblemException.invalid(
          "rule",
          "",
          Arrays.stream(Rule.values()).map(Rule::name).collect(Collectors.joining(", ")));
    }
    return all.only(rule == null ? Set.of() : rule, severity == null ? Severity.INFO : severity);
  }
}
