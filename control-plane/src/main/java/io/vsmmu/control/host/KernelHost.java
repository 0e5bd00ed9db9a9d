package io.vsmmu.control.host;

import io.vsmmu.host.Advice;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.host.kernel.DeviceDiagnosis;
import io.vsmmu.host.kernel.HostDiagnosis;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.host.kernel.IommufdContext;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.kernel.KernelHostLimits;
import io.vsmmu.host.kernel.VmmProcesses;
import io.vsmmu.host.vmm.SharedIommufd;
import io.vsmmu.host.vmm.VmmRefusal;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.smmu.stimulus.HostOperation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The host of this machine's kernel. */
final class KernelHost implements LocalHost {

  private static final String DESCRIPTOR = "the descriptor";

  private final IommufdHost host;
  private final HostDiagnosis diagnosis;
  private final DeviceDiagnosis devices;

  /** Held while a descriptor is offered, so that two of the same device are not taken at once. */
  private final ReentrantLock offers = new ReentrantLock();

  KernelHost(IommufdHost host) {
    this.host = host;
    this.diagnosis = host.diagnosis();
    this.devices = new DeviceDiagnosis(host, HostIds::whyNotNesting);
  }

  @Override
  public String kind() {
    return "iommufd";
  }

  @Override
  public HostDescription describe() {
    return host.describe();
  }

  @Override
  public List<HostProblem> problems() {
    return diagnosis.host();
  }

  @Override
  public Optional<HostProblem> problem(HostDescription.Device device) {
    return devices.of(device);
  }

  @Override
  public HostProblem absent(String address) {
    return diagnosis.refusedBind(address, Errno.ENODEV);
  }

  @Override
  public HostProblem explain(String address, HostOperation failed) {
    Errno errno = Errno.of(failed.errno());
    if (failed.kind() != HostOperation.Kind.BIND_DEVICE) {
      return AttachFailures.explain(address, failed, host.describe());
    }
    return isVmms(address)
        ? VmmRefusal.of(errno)
            .map(why -> VmmProblems.of(address, why))
            .orElseGet(() -> unbound(address, errno))
        : unbound(address, errno);
  }

  @Override
  public OfferOutcome offer(Fd fd) {
    offers.lock();
    try {
      return switch (host.offer(fd)) {
        case HostResult.Refused<String>(Errno errno) -> new OfferOutcome.Refused(refusal(errno));
        case HostResult.Ok<String>(String address) -> offered(address);
      };
    } finally {
      offers.unlock();
    }
  }

  @Override
  public SharingOutcome share(Fd iommufd, List<Fd> files) {
    return switch (host.share(iommufd, files)) {
      case HostResult.Ok<SharedIommufd>(SharedIommufd shared) -> new SharingOutcome.Shared(shared);
      case HostResult.Refused<SharedIommufd>(Errno errno) ->
          new SharingOutcome.Refused(VmmProblems.ofShare(errno));
    };
  }

  @Override
  public Optional<HostProblem> takesNoDescriptors() {
    return Optional.empty();
  }

  @Override
  public Optional<HostProblem> addFile(SharedIommufd shared, Fd file) {
    return host.addFile(shared, file).refusal().map(VmmProblems::ofShare);
  }

  @Override
  public Optional<String> addressOf(Fd file) {
    return host.addressOf(file) instanceof HostResult.Ok<Optional<String>>(Optional<String> found)
        ? found
        : Optional.empty();
  }

  @Override
  public boolean isVmms(String address) {
    return host.isShared(address);
  }

  @Override
  public Optional<VmmProcesses> processes() {
    return Optional.of(host.processes());
  }

  private static HostProblem refusal(Errno errno) {
    return switch (errno) {
      case ENOTTY ->
          new HostProblem(
              Kind.NOT_A_DEVICE,
              DESCRIPTOR,
              "no vfio device file of a PCI device",
              Advice.OPEN_DEVICE_FILE.with());
      case ENFILE ->
          new HostProblem(
              Kind.TOO_MANY_OFFERED,
              DESCRIPTOR,
              "%d devices wait already".formatted(KernelHostLimits.OFFERED_DEVICES),
              Advice.USE_OFFERED.with());
      default ->
          new HostProblem(Kind.UNEXPECTED, DESCRIPTOR, errno.name(), Advice.SEE_KERNEL_LOG.with());
    };
  }

  private OfferOutcome offered(String address) {
    Optional<HostDescription.Device> device = host.describe().device(address);
    if (device.isEmpty()) {
      host.withdraw(address);
      return new OfferOutcome.Refused(absent(address));
    }
    return device.get().hwInfo().isPresent() ? new OfferOutcome.Kept(address) : spent(address);
  }

  /**
   * Binds the device to read its ID registers, which are kept. The file is spent by that, because
   * it can be bound only once.
   */
  private OfferOutcome spent(String address) {
    HostResult<IommufdContext> opened = host.openContext();
    if (!(opened instanceof HostResult.Ok<IommufdContext>(IommufdContext context))) {
      host.withdraw(address);
      return new OfferOutcome.Refused(unbound(address, opened.refusal().orElse(Errno.UNKNOWN)));
    }
    try (context) {
      Optional<Errno> refused = context.bind(address).refusal();
      if (refused.isPresent()) {
        host.withdraw(address);
        return new OfferOutcome.Refused(unbound(address, refused.get()));
      }
      return host.describe().device(address).flatMap(HostDescription.Device::hwInfo).isPresent()
          ? new OfferOutcome.Spent(address)
          : new OfferOutcome.Refused(unbound(address, Errno.UNKNOWN));
    }
  }

  /** A failed bind; the cause may be that the iommufd could not be opened. */
  private HostProblem unbound(String address, Errno errno) {
    return diagnosis.host().stream()
        .filter(problem -> errno.name().equals(problem.what().given()))
        .findFirst()
        .orElseGet(() -> diagnosis.refusedBind(address, errno));
  }

  @Override
  public Optional<HostProblem> withdraw(String address) {
    host.withdraw(address);
    return diagnosis.device(address).filter(problem -> problem.kind() == Kind.NO_SUCH_DEVICE);
  }
}
