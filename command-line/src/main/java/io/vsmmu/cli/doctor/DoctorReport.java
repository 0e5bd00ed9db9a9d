package io.vsmmu.cli.doctor;

import io.vsmmu.cli.doctor.DoctorFinding.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * What was found on this machine.
 *
 * @param findings in the order of an operator's questions
 */
public record DoctorReport(List<DoctorFinding> findings) {

  public DoctorReport {
    findings = List.copyOf(findings);
  }

  /**
   * Runs all checks. A device that no process has open is bound to an iommufd for a moment, because
   * only that returns the ID registers of its SMMU.
   */
  public static DoctorReport of(SystemAccess system) {
    List<DoctorFinding> findings = new ArrayList<>();
    findings.add(java());
    findings.addAll(new HostCheck(system).findings());
    findings.addAll(new LimitsCheck(system.paths().proc()).findings());
    findings.add(DescriptorStoreCheck.finding(system.environment()));
    findings.add(DatabaseCheck.finding(system.environment()));
    return new DoctorReport(findings);
  }

  /** Always in order, because the launcher refuses an older one. */
  private static DoctorFinding java() {
    return DoctorFinding.ok(
        "java", "%s (%s)".formatted(Runtime.version(), System.getProperty("java.home")));
  }

  /** Whether the service can run here with {@code --host iommufd} and give a device to a guest. */
  public boolean usable() {
    return problems().isEmpty();
  }

  /** The findings that prevent this. */
  public List<DoctorFinding> problems() {
    return findings.stream().filter(finding -> finding.level() == Level.PROBLEM).toList();
  }

  /** Whether the service can start, if only with the simulated host. */
  public boolean startable() {
    return problems().stream()
        .noneMatch(problem -> problem.subject().equals(DatabaseCheck.SUBJECT));
  }
}
