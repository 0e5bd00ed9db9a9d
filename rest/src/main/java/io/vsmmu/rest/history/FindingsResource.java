package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.projections.lint.Finding;
import io.vsmmu.projections.lint.FindingReport;
import io.vsmmu.projections.lint.Rule;
import java.util.List;
import java.util.Map;

/** The findings of the lint rules. */
@Schema(name = "Findings")
record FindingsResource(
    @Schema(description = "How many events were looked at") long events,
    List<Finding> items,
    @Schema(description = "Findings that are not listed, by rule") Map<Rule, Long> beyond) {

  static FindingsResource of(FindingReport report) {
    return new FindingsResource(report.events(), report.findings(), report.beyond());
  }
}
