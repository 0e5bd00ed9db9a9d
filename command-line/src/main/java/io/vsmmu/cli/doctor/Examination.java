package io.vsmmu.cli.doctor;

import io.vsmmu.cli.doctor.Finding.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * What was found on this machine.
 *
 * @param findings in the order of an operator's questions
 */
public record Examination(List<Finding> findings) {

  public Examination {
    findings = List.copyOf(findings);
  }

  /** Looks at everything. Devices that nobody has are bound for a moment. */
  public static Examination of(Surroundings surroundings) {
    List<Finding> findings = new ArrayList<>();
    findings.add(java());
    findings.addAll(new HostCheck(surroundings).findings());
    findings.addAll(new LimitsCheck(surroundings.paths().proc()).findings());
    findings.add(DescriptorStoreCheck.finding(surroundings.environment()));
    findings.add(DatabaseCheck.finding(surroundings.environment()));
    return new Examination(findings);
  }

  /** The launcher refuses an older one, so that this is for the record. */
  private static Finding java() {
    return Finding.ok(
        "java", "%s (%s)".formatted(Runtime.version(), System.getProperty("java.home")));
  }

  /** Whether the service can run here with {@code --host iommufd} and give a device to a guest. */
  public boolean usable() {
    return problems().isEmpty();
  }

  /** What stands in the way. */
  public List<Finding> problems() {
    return findings.stream().filter(finding -> finding.level() == Level.PROBLEM).toList();
  }

  /** Whether the service can start, if only with the simulated host. */
  public boolean startable() {
    return problems().stream()
        .noneMatch(problem -> problem.subject().equals(DatabaseCheck.SUBJECT));
  }
}
