package io.vsmmu.host.vmm;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.HostResult.Done;
import io.vsmmu.host.IommuContext;
import io.vsmmu.posix.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tries, through a device's file, what the device object is that the file is bound to. What is made
 * for it is destroyed again, and the device is back on the VMM's IOAS.
 *
 * <ul>
 *   <li><em>That the file is bound to this iommufd at all</em>: the device is attached to a bypass
 *       HWPT that was just made here, which then cannot be destroyed. Its DMA meets the guest's RAM
 *       by the stage 2 as before.
 *   <li><em>Which object it is</em>: an HWPT that translates can be attached to a device with a
 *       vDEVICE only (ENOENT otherwise; arm-smmu-v3-iommufd.c, arm_smmu_attach_prepare_vmaster), so
 *       a vDEVICE of a candidate tells. For a moment the device's DMA would go astray: only for one
 *       that is not a bus master, and alone in its iommu group, because the kernel asks for the
 *       vDEVICEs of the whole group.
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

  /** Whether the file is bound to this iommufd, its device behind the SMMU of the candidate. */
  boolean isHere(String address, int candidate) {
    return stage2(candidate).filter(viommu -> moves(address, candidate, viommu)).isPresent();
  }

  private boolean moves(String address, int candidate, int viommu) {
    keepLowIds();
    Optional<Integer> bypass = nested(candidate, viommu, BYPASS);
    if (bypass.isEmpty() || !shared.assume(address, candidate).isOk()) {
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
    shared.doubt(address);
    return attached && used;
  }

  /** Whether the device of the file, which is bound here, is the candidate. */
  boolean is(String address, int candidate) {
    Optional<Integer> viommu = stage2(candidate);
    if (viommu.isEmpty()
        || !allocated(shared.allocVdevice(viommu.get(), candidate, ANY_STREAM_ID))
        || !shared.assume(address, candidate).isOk()) {
      return false;
    }
    boolean attached =
        nested(candidate, viommu.get(), TRANSLATE)
            .filter(hwpt -> shared.attach(candidate, hwpt).isOk())
            .isPresent();
    if (attached) {
      shared.attach(candidate, ioas);
    }
    shared.doubt(address);
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
    for (int i = 0; i < VmmLimits.SPARE_IDS; i++) {
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
   * Destroys what was made, users before what they use.
   *
   * @return what could not be destroyed, because the VMM's IOAS did not take the device back
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
