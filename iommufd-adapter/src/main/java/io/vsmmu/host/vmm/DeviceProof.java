package io.vsmmu.host.vmm;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.IommuContext;
import io.vsmmu.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out by experiment which device object of an iommufd a device's file is bound to, where the
 * kernel does not name it. The objects that an experiment allocates are destroyed afterwards, and
 * the device is attached to the VMM's IOAS again.
 *
 * <ul>
 *   <li><em>Whether the file is bound to this iommufd at all</em>: the device is attached to a
 *       bypass HWPT that was just allocated on it. If the attachment was on this iommufd,
 *       destroying that HWPT gives EBUSY. Meanwhile the device's DMA reaches the guest's RAM
 *       through the stage 2 as before.
 *   <li><em>Which object it is</em>: the kernel attaches an HWPT that translates only to a device
 *       with a vDEVICE (ENOENT otherwise; arm-smmu-v3-iommufd.c, arm_smmu_attach_prepare_vmaster),
 *       so the attachment succeeds only if the candidate, which gets a vDEVICE, is the device. For
 *       a moment the device's DMA would be translated by an invalid stage 1. The experiment is
 *       therefore limited to a device that is not a bus master, and that is alone in its iommu
 *       group, because the kernel requires a vDEVICE of every device of the group.
 * </ul>
 */
final class DeviceProof {

  private static final long BYPASS = 0x9;
  private static final long TRANSLATE = 0xb;
  private static final long ANY_STREAM_ID = 0;

  private final SharedIommufd shared;
  private final int ioas;
  private final List<Integer> made = new ArrayList<>();

  DeviceProof(SharedIommufd shared, int ioas) {
    this.shared = shared;
    this.ioas = ioas;
  }

  /**
   * Whether the file is bound to this iommufd and its device is behind the same SMMU as the
   * candidate.
   */
  boolean isBoundHere(String address, int candidate) {
    return stage2(candidate).filter(viommu -> moves(address, candidate, viommu)).isPresent();
  }

  private boolean moves(String address, int candidate, int viommu) {
    keepLowIds();
    Optional<Integer> bypass = nested(candidate, viommu, BYPASS);
    if (bypass.isEmpty() || !shared.assumeDeviceId(address, candidate).isOk()) {
      return false;
    }
    boolean attached = shared.attach(candidate, bypass.get()).isOk();
    HostResult<Done> destroyed = shared.destroy(bypass.get());
    boolean used = destroyed.refusal().equals(Optional.of(Errno.EBUSY));
    if (destroyed.isOk()) {
      made.remove(bypass.get());
    }
    if (attached) {
      shared.attach(candidate, ioas);
    }
    shared.dropDeviceId(address);
    return attached && used;
  }

  /** Whether the file's device, which must be bound to this iommufd, is the candidate. */
  boolean isObject(String address, int candidate) {
    Optional<Integer> viommu = stage2(candidate);
    if (viommu.isEmpty()
        || !allocated(shared.allocVdevice(viommu.get(), candidate, ANY_STREAM_ID))
        || !shared.assumeDeviceId(address, candidate).isOk()) {
      return false;
    }
    boolean attached =
        nested(candidate, viommu.get(), TRANSLATE)
            .filter(hwpt -> shared.attach(candidate, hwpt).isOk())
            .isPresent();
    if (attached) {
      shared.attach(candidate, ioas);
    }
    shared.dropDeviceId(address);
    return attached;
  }

  private Optional<Integer> stage2(int candidate) {
    Optional<Integer> parent = id(shared.allocNestingParent(candidate, ioas));
    return parent.flatMap(
        s2 -> id(shared.allocViommu(candidate, s2, IommuContext.VIOMMU_TYPE_ARM_SMMUV3)));
  }

  private Optional<Integer> nested(int candidate, int viommu, long word0) {
    return id(shared.allocNestedHwpt(candidate, viommu, 0, word0, 0));
  }

  private void keepLowIds() {
    for (int i = 0; i < VmmOwnedLimits.SPARE_IDS; i++) {
      id(shared.allocIoas());
    }
  }

  private boolean allocated(HostResult<Integer> result) {
    return id(result).isPresent();
  }

  private Optional<Integer> id(HostResult<Integer> result) {
    if (result instanceof HostResult.Ok<Integer>(Integer id)) {
      made.add(id);
      return Optional.of(id);
    }
    return Optional.empty();
  }

  /**
   * Destroys the allocated objects, each before the objects that it uses.
   *
   * @return the objects that could not be destroyed, because the device could not be attached to
   *     the VMM's IOAS again
   */
  List<Integer> end() {
    List<Integer> left =
        made.reversed().stream()
            .filter(id -> shared.destroy(id).refusal().equals(Optional.of(Errno.EBUSY)))
            .toList();
    made.clear();
    return left;
  }
}
