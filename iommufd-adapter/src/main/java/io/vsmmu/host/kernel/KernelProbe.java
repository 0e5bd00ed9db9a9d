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
 * Finds out what the running kernel can do, without a trace. Per feature:
 *
 * <ul>
 *   <li>IOMMUFD: /dev/iommu opens.
 *   <li>VFIO_CDEV: /proc/devices lists {@code vfio-dev}, which vfio registers for device files only
 *       (drivers/vfio/device_cdev.c, vfio_cdev_init); a module that is not loaded counts as absent.
 *   <li>VIOMMU_ARM_SMMUV3: a VIOMMU_ALLOC of object 0, which never exists, is refused with
 *       something else than ENOTTY. When a device's hw-info is known it must say ARM_SMMUV3 too:
 *       only a driver with CONFIG_ARM_SMMU_V3_IOMMUFD does.
 *   <li>MAP_FILE, VEVENTQ: likewise by a request for object 0.
 *   <li>ATTACH_WITHOUT_VDEVICE: by attaching a device that is bound for a moment to an abort HWPT
 *       ({@link #attachesWithoutVdevice}); by release as long as there was none.
 *   <li>ATS_NOT_SUPPORTED_CAPABILITY: a device's hw-info has the bit, else by release.
 * </ul>
 */
final class KernelProbe {

  private static final int NO_OBJECT = 0;
  private static final long PAGE = 4096;

  /** V = 1, Config = 0b000 (IHI 0070, 5.2). */
  private static final long ABORT_VSTE = 1;

  private static final String CDEV_LINE = "(?s).*\\bvfio-dev\\b.*";

  private final HostPaths paths;
  private final KernelCalls calls;

  KernelProbe(HostPaths paths, KernelCalls calls) {
    this.paths = paths;
    this.calls = calls;
  }

  /**
   * What the kernel can do.
   *
   * @param known hw-info of devices, as far as it could be had
   * @param attaches the answer of {@link #attachesWithoutVdevice}; empty when no device was asked
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
   * Whether a device may be attached to an abort HWPT before it has a vDEVICE. Kernels of
   * distributions have this without the release that brought it. All objects go with the iommufd;
   * the device does no DMA meanwhile, which an abort HWPT keeps so.
   *
   * @param iommufd one that is closed afterwards
   * @param file the device's, bound to it by {@code devId} and not attached
   * @return empty when that cannot be found out with this device
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
