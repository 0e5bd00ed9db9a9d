package io.vsmmu.host.kernel;

import io.vsmmu.host.Advice;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.KernelSupport.Feature;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.posix.Errno;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Explains why a device cannot be given to a guest, from its files ({@link HostDiagnosis}) and from
 * what the kernel reports about it.
 */
public final class DeviceDiagnosis {

  private static final Set<Kind> OF_THE_WHOLE_HOST =
      Set.of(Kind.NO_IOMMUFD, Kind.IOMMUFD_FORBIDDEN, Kind.UNEXPECTED);

  private final IommufdHost host;
  private final HostDiagnosis files;
  private final Function<SmmuIds, Optional<String>> whyNotNesting;

  /**
   * Makes a diagnosis of a host's devices.
   *
   * @param whyNotNesting gives the reason why a physical SMMU with these registers cannot nest;
   *     empty when it can. It is a parameter because this module does not interpret ID registers
   */
  public DeviceDiagnosis(IommufdHost host, Function<SmmuIds, Optional<String>> whyNotNesting) {
    this.host = host;
    this.files = host.diagnosis();
    this.whyNotNesting = whyNotNesting;
  }

  /**
   * The first problem that prevents the use of the device; empty when there is none. For a device
   * that another process offered, the service does not need the right to open its file.
   *
   * @param device as {@link IommufdHost#describe} gave it
   */
  public Optional<HostProblem> of(HostDescription.Device device) {
    return files
        .device(device.address())
        .filter(
            problem ->
                problem.kind() != Kind.DEVICE_FORBIDDEN
                    || !(host.isOffered(device.address()) || host.isShared(device.address())))
        .or(
            () ->
                device
                    .hwInfo()
                    .map(info -> nesting(device.address(), info))
                    .orElseGet(() -> Optional.of(unknown(device.address()))));
  }

  /**
   * The problem of a device without a visible fault whose hw-info is unknown, because binding it
   * for a moment failed.
   */
  private HostProblem unknown(String address) {
    return files.host().stream()
        .filter(problem -> OF_THE_WHOLE_HOST.contains(problem.kind()))
        .findFirst()
        .orElseGet(() -> files.refusedBind(address, Errno.EBUSY));
  }

  private Optional<HostProblem> nesting(String address, HwInfo info) {
    if (info.dataType() != HwInfo.TYPE_ARM_SMMUV3) {
      return Optional.of(
          new HostProblem(
              Kind.NO_NESTING,
              address,
              "hw-info of data type %d, not %d (ARM_SMMUV3)"
                  .formatted(info.dataType(), HwInfo.TYPE_ARM_SMMUV3),
              Advice.USE_NESTING_KERNEL.with(Feature.VIOMMU_ARM_SMMUV3.since())));
    }
    return whyNotNesting
        .apply(info.ids())
        .map(
            found ->
                new HostProblem(Kind.NO_NESTING, address, found, Advice.USE_NESTING_SMMU.with()));
  }
}
