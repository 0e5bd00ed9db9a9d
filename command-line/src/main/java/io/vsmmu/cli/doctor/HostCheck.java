package io.vsmmu.cli.doctor;

import io.vsmmu.host.Advice;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.KernelSupport;
import io.vsmmu.host.KernelSupport.Feature;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.host.kernel.DeviceDiagnosis;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks the kernel, its SMMUs and the devices behind them. */
final class HostCheck {

  private static final Set<Feature> NEEDED =
      Set.of(Feature.IOMMUFD, Feature.VFIO_CDEV, Feature.VIOMMU_ARM_SMMUV3);

  /** The other features cannot be tried while /dev/iommu cannot be opened. */
  private static final Set<Feature> SEEN_WITHOUT_IOMMUFD =
      Set.of(Feature.IOMMUFD, Feature.VFIO_CDEV);

  private final SystemAccess system;

  HostCheck(SystemAccess system) {
    this.system = system;
  }

  List<DoctorFinding> findings() {
    try (IommufdHost host = new IommufdHost(system.paths(), system.calls())) {
      HostDescription description = host.describe();
      List<DoctorFinding> findings = new ArrayList<>();
      host.diagnosis().host().stream().map(HostCheck::finding).forEach(findings::add);
      if (findings.isEmpty()) {
        findings.add(DoctorFinding.ok("host", system.paths().iommu() + " opens"));
      }
      findings.addAll(kernel(description.kernel()));
      description.smmus().stream().map(HostCheck::smmu).forEach(findings::add);
      findings.addAll(devices(description, new DeviceDiagnosis(host, HostIds::whyNotNesting)));
      return findings;
    }
  }

  private static DoctorFinding finding(HostProblem problem) {
    return new DoctorFinding(
        DoctorFinding.Level.PROBLEM,
        "host",
        "%s: %s".formatted(problem.what().field(), problem.what().given()),
        problem.what().remedy());
  }

  private static List<DoctorFinding> kernel(KernelSupport kernel) {
    boolean opened = kernel.has(Feature.IOMMUFD);
    List<DoctorFinding> missing =
        kernel.missing().stream()
            .filter(feature -> opened || SEEN_WITHOUT_IOMMUFD.contains(feature))
            .map(feature -> missing(kernel, feature))
            .toList();
    return missing.isEmpty()
        ? List.of(DoctorFinding.ok("kernel", kernel.release() + " has all that is needed"))
        : missing;
  }

  private static DoctorFinding missing(KernelSupport kernel, Feature feature) {
    return new DoctorFinding(
        NEEDED.contains(feature) ? DoctorFinding.Level.PROBLEM : DoctorFinding.Level.NOTE,
        "kernel",
        "%s lacks %s (there from %s on)".formatted(kernel.release(), feature, feature.since()),
        feature.consequence());
  }

  private static DoctorFinding smmu(HostDescription.PhysicalSmmu smmu) {
    String subject = "smmu " + smmu.name();
    return smmu.ids()
        .map(ids -> DoctorFinding.ok(subject, values(ids)))
        .orElseGet(
            () ->
                DoctorFinding.note(
                    subject, "its values are not known", Advice.BIND_TO_READ_SMMU.with()));
  }

  private static String values(SmmuIds raw) {
    IdRegisters ids = HostIds.read(raw);
    return "nesting %s, oas %d, sidsize %d, ssidsize %d, ats %d, ril %d"
        .formatted(
            ids.bothStages() ? "yes" : "no",
            ids.oasBits(),
            ids.get(IdField.SIDSIZE),
            ids.ssidSize(),
            ids.get(IdField.ATS),
            ids.get(IdField.RIL));
  }

  /** A device that cannot be given to a guest is a problem only if that holds for every device. */
  private static List<DoctorFinding> devices(
      HostDescription description, DeviceDiagnosis diagnosis) {
    List<DoctorFinding> findings = new ArrayList<>();
    boolean one = false;
    for (HostDescription.Device device : description.devices()) {
      Optional<HostProblem> problem = diagnosis.of(device);
      one |= problem.isEmpty();
      findings.add(device(device, problem));
    }
    if (!one && !findings.isEmpty()) {
      findings.add(
          DoctorFinding.problem(
              "devices", "none can be given to a guest", Advice.SEE_DEVICES_ABOVE.with()));
    }
    return findings;
  }

  private static DoctorFinding device(
      HostDescription.Device device, Optional<HostProblem> problem) {
    String subject = "device " + device.address();
    return problem
        .map(
            it ->
                new DoctorFinding(
                    DoctorFinding.Level.NOTE,
                    subject,
                    String.valueOf(it.what().given()),
                    it.what().remedy()))
        .orElseGet(
            () ->
                DoctorFinding.ok(
                    subject,
                    "can be given to a guest; iommu group %d, %s"
                        .formatted(device.iommuGroup(), device.smmu())));
  }
}
