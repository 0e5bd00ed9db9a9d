package io.vsmmu.control.host;

import io.vsmmu.host.Advice;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.KernelSupport.Feature;
import io.vsmmu.host.apply.HostIds;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.stimulus.HostOperation;

/**
 * Explains a failed host operation to an operator, as far as its kind and errno allow
 * (drivers/iommu/iommufd/viommu.c, drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-iommufd.c).
 */
final class AttachFailures {

  private AttachFailures() {}

  /**
   * Explains an operation, binding included.
   *
   * @param address the device's PCI address
   */
  static HostProblem explain(String address, HostOperation failed, HostDescription host) {
    Errno errno = Errno.of(failed.errno());
    return switch (errno) {
      case ENOMEM ->
          new HostProblem(
              Kind.NO_MEMORY, address, text(failed), Advice.RAISE_MEMLOCK_OR_CAPABILITY.with());
      case EMFILE, ENFILE ->
          new HostProblem(Kind.NO_DESCRIPTORS, address, text(failed), Advice.RAISE_FILES.with());
      default -> byOperation(address, failed, errno, host);
    };
  }

  private static HostProblem byOperation(
      String address, HostOperation failed, Errno errno, HostDescription host) {
    return switch (failed.kind()) {
      case ALLOC_NESTING_PARENT, ALLOC_VIOMMU ->
          errno == Errno.EOPNOTSUPP
              ? noNesting(address, failed, host)
              : unexpected(address, failed);
      case ALLOC_VDEVICE ->
          errno == Errno.EOPNOTSUPP
              ? new HostProblem(
                  Kind.NOT_ONE_STREAM,
                  address,
                  text(failed) + ": the device has not exactly one StreamID",
                  Advice.USE_DEVICE_WITH_ONE_STREAM.with())
              : unexpected(address, failed);
      case ALLOC_VEVENTQ ->
          errno == Errno.ENOTTY
              ? oldKernel(address, failed, Feature.VEVENTQ)
              : unexpected(address, failed);
      case ATTACH -> attach(address, failed, errno, host);
      default -> unexpected(address, failed);
    };
  }

  private static HostProblem noNesting(String address, HostOperation failed, HostDescription host) {
    boolean nests =
        host.device(address)
            .flatMap(HostDescription.Device::hwInfo)
            .map(HwInfo::ids)
            .filter(ids -> HostIds.whyNotNesting(ids).isEmpty())
            .isPresent();
    return nests
        ? new HostProblem(
            Kind.NO_NESTING,
            address,
            text(failed) + ": its DMA is not known to be cache-coherent under a guest",
            Advice.USE_COHERENT_HOST.with())
        : new HostProblem(
            Kind.NO_NESTING,
            address,
            text(failed) + ": its SMMU does not translate in both stages",
            Advice.USE_NESTING_SMMU.with());
  }

  private static HostProblem attach(
      String address, HostOperation failed, Errno errno, HostDescription host) {
    boolean early = host.kernel().has(Feature.ATTACH_WITHOUT_VDEVICE);
    return switch (errno) {
      case ENOENT, EINVAL ->
          early
              ? unexpected(address, failed)
              : oldKernel(address, failed, Feature.ATTACH_WITHOUT_VDEVICE);
      case EBUSY ->
          new HostProblem(
              Kind.BUSY,
              address,
              text(failed) + ": its PASIDs are in use",
              Advice.END_PASID_USER.with());
      default -> unexpected(address, failed);
    };
  }

  private static HostProblem oldKernel(String address, HostOperation failed, Feature feature) {
    return new HostProblem(
        Kind.OLD_KERNEL,
        address,
        "%s: this kernel lacks %s".formatted(text(failed), feature),
        Advice.USE_NEWER_KERNEL.with(feature.since(), feature.consequence()));
  }

  private static HostProblem unexpected(String address, HostOperation failed) {
    return new HostProblem(Kind.UNEXPECTED, address, text(failed), Advice.SEE_KERNEL_LOG.with());
  }

  /** Operation, errno by name and by number. */
  private static String text(HostOperation failed) {
    return "%s failed with %s (errno %d)"
        .formatted(failed.kind(), Errno.of(failed.errno()), failed.errno());
  }
}
