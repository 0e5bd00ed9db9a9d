package io.vsmmu.control.host;

import io.vsmmu.host.Errno;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.IdField;
import io.vsmmu.host.KernelSupport.Feature;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.HostProblem.Kind;
import io.vsmmu.smmu.stimulus.HostOperation;

/**
 * What an operation that failed means for an operator, as far as operation and errno tell
 * (drivers/iommu/iommufd/viommu.c, drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-iommufd.c).
 */
final class AttachFailures {

  private static final String SEE_LOG = "see the kernel's log (dmesg)";

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
              Kind.NO_MEMORY,
              address,
              text(failed),
              "raise LimitMEMLOCK of the service to the guest's RAM or more, or give it"
                  + " CAP_IPC_LOCK; free memory");
      case EMFILE, ENFILE ->
          new HostProblem(
              Kind.NO_DESCRIPTORS, address, text(failed), "raise LimitNOFILE of the service");
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
                  "give the guest a device that no bridge takes requests over for")
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
            .filter(ids -> IdField.S1P.get(ids.idr()) == 1 && IdField.S2P.get(ids.idr()) == 1)
            .isPresent();
    return nests
        ? new HostProblem(
            Kind.NO_NESTING,
            address,
            text(failed) + ": its DMA is not known to be cache-coherent under a guest",
            "use a host whose SMMU has S2FWB (IDR3.FWB), or whose firmware says CANWBS for the root"
                + " complex (IORT, memory access flags)")
        : new HostProblem(
            Kind.NO_NESTING,
            address,
            text(failed) + ": its SMMU does not translate in both stages",
            "use a device behind an SMMU with IDR0.S1P and IDR0.S2P");
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
              "end what uses the device's PASIDs");
      default -> unexpected(address, failed);
    };
  }

  private static HostProblem oldKernel(String address, HostOperation failed, Feature feature) {
    return new HostProblem(
        Kind.OLD_KERNEL,
        address,
        "%s: this kernel lacks %s".formatted(text(failed), feature),
        "use a kernel from %s on; without it: %s"
            .formatted(feature.since(), feature.consequence()));
  }

  private static HostProblem unexpected(String address, HostOperation failed) {
    return new HostProblem(Kind.UNEXPECTED, address, text(failed), SEE_LOG);
  }

  /** Operation, errno by name and by number. */
  private static String text(HostOperation failed) {
    return "%s failed with %s (errno %d)"
        .formatted(failed.kind(), Errno.of(failed.errno()), failed.errno());
  }
}
