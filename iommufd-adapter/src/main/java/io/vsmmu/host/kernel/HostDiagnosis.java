package io.vsmmu.host.kernel;

import io.vsmmu.host.Advice;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Explains to an operator why the host, or one of its devices, cannot be used. It only reads files
 * and opens them for a moment: no device is bound, and none is reset.
 */
public final class HostDiagnosis {

  private static final String VFIO = "vfio";

  private final HostPaths paths;
  private final KernelCalls calls;
  private final SysfsTree sysfs;
  private final VmmProcesses processes;

  HostDiagnosis(HostPaths paths, KernelCalls calls, SysfsTree sysfs) {
    this.paths = paths;
    this.calls = calls;
    this.sysfs = sysfs;
    this.processes = new VmmProcesses(paths, sysfs);
  }

  /** The problems that prevent the use of any device; empty when there is none. */
  public List<HostProblem> host() {
    List<HostProblem> problems = new ArrayList<>();
    refusal(paths.iommu()).map(this::iommufd).ifPresent(problems::add);
    if (sysfs.smmus().isEmpty()) {
      problems.add(
          new HostProblem(
              HostProblem.Kind.NO_SMMU,
              String.valueOf(paths.sysfs().resolve("class/iommu")),
              "no SMMUv3",
              Advice.USE_ARM_HOST.with()));
    } else if (sysfs.devicesBehindSmmus().stream().allMatch(d -> d.deviceFile().isEmpty())) {
      problems.add(
          new HostProblem(
              HostProblem.Kind.NO_VFIO_DEVICE,
              "devices behind the SMMUs",
              "none is bound to vfio-pci",
              Advice.BIND_EACH_TO_VFIO.with()));
    }
    return List.copyOf(problems);
  }

  private HostProblem iommufd(Errno errno) {
    String device = String.valueOf(paths.iommu());
    return switch (errno) {
      case ENOENT, ENODEV, ENXIO ->
          new HostProblem(
              HostProblem.Kind.NO_IOMMUFD, device, errno.name(), Advice.LOAD_IOMMUFD.with());
      case EACCES, EPERM -> forbidden(HostProblem.Kind.IOMMUFD_FORBIDDEN, device, errno);
      default -> unexpected(device, errno);
    };
  }

  /** Why the device at this address cannot be bound; empty when no reason can be seen. */
  public Optional<HostProblem> device(String address) {
    Optional<PciDevice> found = sysfs.device(address);
    if (found.isEmpty()) {
      return Optional.of(
          new HostProblem(
              HostProblem.Kind.NO_SUCH_DEVICE,
              address,
              "not in " + paths.pciDevices(),
              Advice.GIVE_LISTED_ADDRESS.with()));
    }
    PciDevice device = found.get();
    return bridge(device)
        .or(() -> driver(device))
        .or(() -> deviceFile(device))
        .or(() -> bridgeInGroup(device))
        .or(() -> group(device));
  }

  /**
   * Explains the error of a bind.
   *
   * @param errno the error that {@link io.vsmmu.host.IommuContext#bind} gave
   */
  public HostProblem refusedBind(String address, Errno errno) {
    return device(address).orElseGet(() -> byError(address, errno));
  }

  private static Optional<HostProblem> bridge(PciDevice device) {
    return device.bridge()
        ? Optional.of(
            new HostProblem(
                HostProblem.Kind.BRIDGE,
                device.address(),
                "a bridge",
                Advice.GIVE_WHAT_IS_BEHIND.with()))
        : Optional.empty();
  }

  /**
   * A bridge in the group makes translation impossible: every device of a group needs a vDEVICE
   * before one of them can translate (arm-smmu-v3-iommufd.c, arm_smmu_attach_prepare_vmaster), and
   * a bridge cannot have one.
   */
  private Optional<HostProblem> bridgeInGroup(PciDevice device) {
    return sysfs.devicesBehindSmmus().stream()
        .filter(other -> other.bridge() && other.iommuGroup().equals(device.iommuGroup()))
        .findFirst()
        .map(
            other ->
                new HostProblem(
                    HostProblem.Kind.GROUP_NOT_VIABLE,
                    device.address(),
                    "bridge %s is in its iommu group".formatted(other.address()),
                    Advice.USE_ISOLATING_SLOT.with()));
  }

  private static Optional<HostProblem> driver(PciDevice device) {
    if (device.smmu().isEmpty()) {
      return Optional.of(
          new HostProblem(
              HostProblem.Kind.NOT_BEHIND_SMMU,
              device.address(),
              "no SMMUv3 before it",
              Advice.USE_DEVICE_BEHIND_SMMU.with()));
    }
    if (device.driver().isEmpty()) {
      return Optional.of(
          new HostProblem(
              HostProblem.Kind.NO_DRIVER,
              device.address(),
              "no driver",
              Advice.BIND_TO_VFIO.with(device.address())));
    }
    return device
        .driver()
        .filter(driver -> !driver.contains(VFIO))
        .map(
            driver ->
                new HostProblem(
                    HostProblem.Kind.OTHER_DRIVER,
                    device.address(),
                    "driver " + driver,
                    Advice.TAKE_FROM_HOST.with(device.address())));
  }

  private Optional<HostProblem> deviceFile(PciDevice device) {
    if (device.deviceFile().isEmpty()) {
      return Optional.of(
          new HostProblem(
              HostProblem.Kind.NO_DEVICE_FILE,
              device.address(),
              "vfio without device files",
              Advice.USE_DEVICE_FILES.with()));
    }
    Path file = paths.vfioDevices().resolve(device.deviceFile().get());
    return refusal(file).map(errno -> opening(device, file, errno));
  }

  private static HostProblem opening(PciDevice device, Path file, Errno errno) {
    String subject = device.address() + " (" + file + ")";
    return switch (errno) {
      case EACCES, EPERM -> forbidden(HostProblem.Kind.DEVICE_FORBIDDEN, subject, errno);
      case ENOENT ->
          new HostProblem(
              HostProblem.Kind.NO_DEVICE_FILE,
              subject,
              "the file is missing",
              Advice.PASS_DEVICE_FILE.with());
      case ENODEV, ENXIO -> gone(subject, errno);
      default -> unexpected(subject, errno);
    };
  }

  /**
   * A device of the group that a driver of the host uses keeps the whole group from user space
   * (drivers/iommu/iommu.c, iommu_device_claim_dma_owner).
   */
  private Optional<HostProblem> group(PciDevice device) {
    return sysfs.devicesBehindSmmus().stream()
        .filter(other -> other.iommuGroup().equals(device.iommuGroup()))
        .filter(other -> other.driver().filter(driver -> !harmless(driver)).isPresent())
        .findFirst()
        .map(
            other ->
                new HostProblem(
                    HostProblem.Kind.GROUP_NOT_VIABLE,
                    device.address(),
                    "%s of its iommu group is on driver %s"
                        .formatted(other.address(), other.driver().orElseThrow()),
                    Advice.BIND_TO_VFIO.with(other.address())));
  }

  /**
   * Drivers that do not claim the group's DMA for the kernel: driver_managed_dma in their struct
   * pci_driver (drivers/pci/pci-driver.c, pci_dma_configure).
   */
  private static boolean harmless(String driver) {
    return driver.contains(VFIO) || driver.equals("pcieport") || driver.equals("pci-stub");
  }

  private HostProblem byError(String address, Errno errno) {
    return switch (errno) {
      case EINVAL, EBUSY -> {
        String holder =
            sysfs
                .device(address)
                .flatMap(PciDevice::deviceFile)
                .flatMap(processes::holderOf)
                .orElse("bound already");
        yield new HostProblem(HostProblem.Kind.BUSY, address, holder, Advice.DETACH_HOLDER.with());
      }
      case EPERM ->
          new HostProblem(
              HostProblem.Kind.GROUP_BUSY,
              address,
              "another process has another device of its iommu group",
              Advice.GIVE_GROUP_TO_ONE.with());
      case ENODEV, ENXIO -> gone(address, errno);
      case EMFILE, ENFILE ->
          new HostProblem(
              HostProblem.Kind.NO_DESCRIPTORS, address, errno.name(), Advice.RAISE_FILES.with());
      case ENOMEM ->
          new HostProblem(
              HostProblem.Kind.NO_MEMORY, address, errno.name(), Advice.RAISE_MEMLOCK.with());
      default -> unexpected(address, errno);
    };
  }

  private static HostProblem forbidden(HostProblem.Kind kind, String subject, Errno errno) {
    return new HostProblem(kind, subject, errno.name(), Advice.ALLOW_FILE.with());
  }

  private static HostProblem gone(String subject, Errno errno) {
    return new HostProblem(
        HostProblem.Kind.GONE, subject, errno.name(), Advice.PLUG_IN_AGAIN.with());
  }

  private static HostProblem unexpected(String subject, Errno errno) {
    return new HostProblem(
        HostProblem.Kind.UNEXPECTED, subject, errno.name(), Advice.SEE_KERNEL_LOG.with());
  }

  private Optional<Errno> refusal(Path file) {
    HostResult<Fd> opened = calls.open(file);
    if (opened instanceof HostResult.Ok<Fd>(Fd fd)) {
      calls.close(fd);
    }
    return opened.refusal();
  }
}
