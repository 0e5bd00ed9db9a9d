package io.vsmmu.host.kernel;

import static io.vsmmu.host.KernelSupport.Feature;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.KernelSupport;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.uapi.HwptRequest;
import io.vsmmu.host.uapi.Iommufd;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.host.uapi.UapiConstants;
import io.vsmmu.host.uapi.VeventQueueFd;
import io.vsmmu.host.uapi.VfioDevice;
import io.vsmmu.posix.Errno;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out which features the running kernel has; no object is left behind. Per feature:
 *
 * <ul>
 *   <li>IOMMUFD: /dev/iommu opens.
 *   <li>VFIO_CDEV: /proc/devices lists {@code vfio-dev}, which vfio registers for device files only
 *       (drivers/vfio/device_cdev.c, vfio_cdev_init); a module that is not loaded is taken to be
 *       absent.
 *   <li>VIOMMU_ARM_SMMUV3: a VIOMMU_ALLOC of object 0, which never exists, is refused with another
 *       error than ENOTTY. When a device's hw-info is known, its type must be ARM_SMMUV3 as well,
 *       which only a driver with CONFIG_ARM_SMMU_V3_IOMMUFD reports.
 *   <li>MAP_FILE, VEVENTQ: a request for object 0 is refused with another error than ENOTTY.
 *   <li>ATTACH_WITHOUT_VDEVICE: a device that is bound for a moment can be attached to an abort
 *       HWPT ({@link #attachesWithoutVdevice}); the kernel's release decides until a device could
 *       be bound.
 *   <li>ATS_NOT_SUPPORTED_CAPABILITY: a device's hw-info has the bit set; otherwise the kernel's
 *       release decides.
 * </ul>
 */
final class KernelProbe {

  private static final int NO_OBJECT = 0;
  private static final long PAGE = 4096;

  /** Word 0 of a vSTE that aborts: V = 1, Config = 0b000 (IHI 0070, 5.2). */
  private static final long ABORT_VSTE = 1;

  private static final String CDEV_LINE = "(?s).*\\bvfio-dev\\b.*";

  private final HostPaths paths;
  private final KernelCalls calls;

  KernelProbe(HostPaths paths, KernelCalls calls) {
    this.paths = paths;
    this.calls = calls;
  }

  /**
   * The features of the running kernel.
   *
   * @param known hw-info of the devices that could be bound
   * @param attaches the result of {@link #attachesWithoutVdevice}; empty when no device could be
   *     bound
   */
  KernelSupport support(Collection<HwInfo> known, Optional<Boolean> attaches) {
    KernelRelease release =
        new KernelRelease(
            TextFile.read(paths.proc().resolve("sys/kernel/osrelease")).orElse("unknown"));
    Set<Feature> present = EnumSet.noneOf(Feature.class);
    if (hasDeviceFiles()) {
      present.add(Feature.VFIO_CDEV);
    }
    if (Iommufd.open(calls, paths.iommu()) instanceof HostResult.Ok<Iommufd>(Iommufd iommufd)) {
      try (iommufd) {
        present.add(Feature.IOMMUFD);
        addByRequests(present, iommufd, known);
        addByRelease(present, release, known);
        if (attaches.orElseGet(() -> release.atLeast(Feature.ATTACH_WITHOUT_VDEVICE.since()))) {
          present.add(Feature.ATTACH_WITHOUT_VDEVICE);
        }
      }
    }
    return new KernelSupport(release.text(), present);
  }

  /**
   * Whether a device may be attached to an abort HWPT before it has a vDEVICE. It is tried because
   * distributions backport this to earlier releases. All objects are freed with the iommufd, and
   * the abort HWPT lets the device do no DMA meanwhile.
   *
   * @param iommufd an iommufd that the caller closes afterwards
   * @param file the device's file, bound to the iommufd as {@code devId} and not attached
   * @return empty when this device does not show it
   */
  static Optional<Boolean> attachesWithoutVdevice(Iommufd iommufd, VfioDevice file, int devId) {
    HostResult<Integer> abort =
        iommufd
            .ioas()
            .alloc()
            .then(ioas -> iommufd.hwpts().alloc(HwptRequest.nestingParent(devId, ioas)))
            .then(
                parent ->
                    iommufd
                        .viommus()
                        .alloc(UapiConstants.IOMMU_VIOMMU_TYPE_ARM_SMMUV3, devId, parent))
            .then(
                viommu ->
                    iommufd.hwpts().alloc(HwptRequest.nested(devId, viommu, 0, ABORT_VSTE, 0)));
    if (!abort.isOk()) {
      return Optional.empty();
    }
    HostResult<Integer> attached = file.attach(abort.value());
    if (attached.isOk()) {
      file.detach();
      return Optional.of(true);
    }
    // arm-smmu-v3-iommufd.c, arm_smmu_attach_prepare_vmaster: no vDEVICE.
    return attached.refusal().equals(Optional.of(Errno.ENOENT))
        ? Optional.of(false)
        : Optional.empty();
  }

  private boolean hasDeviceFiles() {
    return TextFile.read(paths.proc().resolve("devices")).orElse("").matches(CDEV_LINE);
  }

  private static void addByRequests(
      Set<Feature> present, Iommufd iommufd, Collection<HwInfo> known) {
    boolean viommus =
        understood(
            iommufd
                .viommus()
                .alloc(UapiConstants.IOMMU_VIOMMU_TYPE_ARM_SMMUV3, NO_OBJECT, NO_OBJECT));
    boolean otherDriver =
        !known.isEmpty()
            && known.stream().noneMatch(info -> info.dataType() == HwInfo.TYPE_ARM_SMMUV3);
    if (viommus && !otherDriver) {
      present.add(Feature.VIOMMU_ARM_SMMUV3);
    }
    if (understood(iommufd.ioas().mapFile(NO_OBJECT, 0, PAGE, MapAccess.READ, -1, 0))) {
      present.add(Feature.MAP_FILE);
    }
    HostResult<VeventQueueFd> queue = iommufd.viommus().allocVeventq(NO_OBJECT, 0, 0);
    if (understood(queue)) {
      present.add(Feature.VEVENTQ);
    }
  }

  private static void addByRelease(
      Set<Feature> present, KernelRelease release, Collection<HwInfo> known) {
    if (release.atLeast(Feature.ATS_NOT_SUPPORTED_CAPABILITY.since())
        || known.stream().anyMatch(HwInfo::atsNotSupported)) {
      present.add(Feature.ATS_NOT_SUPPORTED_CAPABILITY);
    }
  }

  private static boolean understood(HostResult<?> refused) {
    return refused.refusal().filter(Errno.ENOTTY::equals).isEmpty();
  }
}
