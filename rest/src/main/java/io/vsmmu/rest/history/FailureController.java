package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.lint.Finding;
import io.vsmmu.projections.lint.FindingReport;
import io.vsmmu.projections.lint.FindingsProjection;
import io.vsmmu.projections.lint.Linter;
import io.vsmmu.projections.lint.Rule;
import io.vsmmu.projections.lint.Severity;
import io.vsmmu.projections.query.FailureItem;
import io.vsmmu.projections.query.FailureQueries;
import io.vsmmu.rest.value.PageResource;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Failures of the host and findings of the lint rules: {@code /vsmmus/{name}/failures} and {@code
 * findings}.
 */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}", produces = "application/json")
@Tag(name = "Failures and findings")
class FailureController {

  private final VsmmuDirectory directory;
  private final FailureQueries failures;
  private final Linter findings;

  FailureController(VsmmuDirectory directory, FailureQueries failures, Linter findings) {
    this.directory = directory;
    this.failures = failures;
    this.findings = findings;
  }

  /** What a rule means, and what to do about its findings. */
  @Schema(name = "LintRule")
  record RuleResource(
      @Schema(description = "The highest severity of its findings") Severity severity,
      @Schema(description = "The section of the specification, or what else it follows from")
          String source,
      String meaning,
      @Schema(description = "What in a log shows it") String evidence,
      String remedy) {

    static Map<Rule, RuleResource> of(List<Finding> findings) {
      Map<Rule, RuleResource> rules = new EnumMap<>(Rule.class);
      for (Finding finding : findings) {
        Rule rule = finding.rule();
        rules.put(
            rule,
            new RuleResource(
                rule.severity(), rule.source(), rule.meaning(), rule.evidence(), rule.remedy()));
      }
      return rules;
    }
  }

  /** The findings of the lint rules. */
  @Schema(name = "Findings")
  record FindingsResource(
      @Schema(description = "How many events were looked at") long events,
      List<Finding> items,
      @Schema(description = "The rules that have findings") Map<Rule, RuleResource> rules,
      @Schema(description = "Findings that are not listed, by rule") Map<Rule, Long> beyond) {}

  @GetMapping("/failures")
  @Operation(
      operationId = "listFailures",
      summary = "What failed, and why, oldest first",
      description = "Failures of one event stay together: a page may hold more than its limit.")
  PageResource<FailureItem> failures(
      @PathVariable String name, @ParameterObject LogPageQuery page) {
    RegisteredVsmmu vsmmu = directory.projected(name);
    return PageResource.of(
        failures.failures(vsmmu.id(), page.of(directory, vsmmu).keyset()), Function.identity());
  }

  @GetMapping("/findings")
  @Operation(
      operationId = "listFindings",
      summary = "What hints at bugs of the guest or the VMM",
      description =
          "Kept up to date with the log. Occurrences of the same problem are one finding. `beyond`"
              + " counts, by rule, the findings that are not listed.")
  FindingsResource findings(@PathVariable String name, @ParameterObject FindingQuery query) {
    RegisteredVsmmu vsmmu = directory.projected(name, FindingsProjection.NAME);
    FindingReport report = query.asked(findings.of(vsmmu.id()));
    List<Finding> found = report.findings();
    return new FindingsResource(report.events(), found, RuleResource.of(found), report.beyond());
  }
}
