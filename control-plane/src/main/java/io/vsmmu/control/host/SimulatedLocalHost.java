package io.vsmmu.control.host;

import io.vsmmu.host.Advice;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.host.kernel.VmmProcesses;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.posix.Fd;
import io.vsmmu.smmu.stimulus.HostOperation;
import java.util.List;
import java.util.Optional;

/** A simulated host. It takes no descriptors, and has only the problems of its configuration. */
record SimulatedLocalHost(HostIommu host) implements LocalHost {

  private static final HostProblem NO_DESCRIPTORS =
      new HostProblem(
          Kind.SIMULATED,
          "the host",
          "it is simulated and takes no descriptors",
          Advice.USE_KERNEL_HOST.with());

  @Override
  public String kind() {
    return "simulated";
  }

  @Override
  public HostDescription describe() {
    return host.describe();
  }

  @Override
  public List<HostProblem> problems() {
    return List.of();
  }

  @Override
  public Optional<HostProblem> problem(HostDescription.Device device) {
    return device.hwInfo().isPresent()
        ? Optional.empty()
        : Optional.of(
            new HostProblem(
                Kind.NO_DRIVER,
                device.address(),
                "not bound to vfio-pci",
                Advice.SIMULATE_VFIO.with()));
  }

  @Override
  public HostProblem absent(String address) {
    return new HostProblem(
        Kind.NO_SUCH_DEVICE, address, "not on the simulated host", Advice.SIMULATE_DEVICE.with());
  }

  @Override
  public HostProblem explain(String address, HostOperation failed) {
    return AttachFailures.explain(address, failed, host.describe());
  }

  @Override
  public OfferOutcome offer(Fd fd) {
    fd.close();
    return refusal();
  }

  @Override
  public SharingOutcome share(Fd iommufd, List<Fd> files) {
    iommufd.close();
    files.forEach(Fd::close);
    return new SharingOutcome.Refused(NO_DESCRIPTORS);
  }

  @Override
  public Optional<HostProblem> takesNoDescriptors() {
    return Optional.of(NO_DESCRIPTORS);
  }

  @Override
  public Optional<HostProblem> addFile(SharedIommufd shared, Fd file) {
    file.close();
    return Optional.of(NO_DESCRIPTORS);
  }

  @Override
  public Optional<String> addressOf(Fd file) {
    return Optional.empty();
  }

  /** Tests share simulated devices without descriptors. */
  @Override
  public boolean isVmms(String address) {
    return host instanceof SimulatedHost simulated && simulated.isShared(address);
  }

  @Override
  public Optional<VmmProcesses> processes() {
    return Optional.empty();
  }

  /** The outcome for every descriptor. */
  OfferOutcome refusal() {
    return new OfferOutcome.Refused(NO_DESCRIPTORS);
  }

  @Override
  public Optional<HostProblem> withdraw(String address) {
    return Optional.of(NO_DESCRIPTORS);
  }
}
