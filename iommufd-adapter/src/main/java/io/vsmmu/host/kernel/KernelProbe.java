package io.vsmmu.host.kernel;

import static io.vsmmu.host.KernelSupport.Feature;

import io.vsmmu.host.Errno;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.KernelSupport;
import io.vsmmu.host.MapAccess;
import io.vsmmu.host.uapi.Iommufd;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.host.uapi.UapiConstants;
import io.vsmmu.host.uapi.VeventQueueFd;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * Finds out what the running kernel can do, without a device and without a trace. Per feature:
 *
 * <ul>
 *   <li>IOMMUFD: /dev/iommu opens.
 *   <li>VFIO_CDEV: /proc/devices lists {@code vfio-dev}, which vfio registers for device files only
 *       (drivers/vfio/device_cdev.c, vfio_cdev_init); a module that is not loaded counts as absent.
 *   <li>VIOMMU_ARM_SMMUV3: a VIOMMU_ALLOC of object 0, which never exists, is refused with
 *       something else than ENOTTY. When a device's hw-info is known it must say ARM_SMMUV3 too:
 *       only a driver with CONFIG_ARM_SMMU_V3_IOMMUFD does.
 *   <li>MAP_FILE, VEVENTQ: likewise by a request for object 0.
 *   <li>ATTACH_WITHOUT_VDEVICE: by release; nothing short of attaching a device tells.
 *   <li>ATS_NOT_SUPPORTED_CAPABILITY: a device's hw-info has the bit, else by release.
 * </ul>
 */
final class KernelProbe {

  private static final int NO_OBJECT = 0;
  private static final long PAGE = 4096;
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
   */
  KernelSupport support(Collection<HwInfo> known) {
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
      }
    }
    return new KernelSupport(release.text(), present);
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
    if (release.atLeast(Feature.ATTACH_WITHOUT_VDEVICE.since())) {
      present.add(Feature.ATTACH_WITHOUT_VDEVICE);
    }
    if (release.atLeast(Feature.ATS_NOT_SUPPORTED_CAPABILITY.since())
        || known.stream().anyMatch(HwInfo::atsNotSupported)) {
      present.add(Feature.ATS_NOT_SUPPORTED_CAPABILITY);
    }
  }

  private static boolean understood(HostResult<?> refused) {
    return refused.refusal().filter(Errno.ENOTTY::equals).isEmpty();
  }
}
