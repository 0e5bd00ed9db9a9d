package io.vsmmu.smmu.model;

import io.vsmmu.smmu.stimulus.HostOperation;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether all devices of an iommu group are behind the vSMMU. The kernel attaches a HWPT to every
 * device of the group, and one that translates needs a vDEVICE of the same vIOMMU for each of them:
 * the attachment fails with ENOENT as long as one is missing (drivers/iommu/iommu.c,
 * __iommu_group_set_domain_internal; drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-iommufd.c,
 * arm_smmu_attach_prepare_vmaster). Abort and bypass can be attached without.
 */
public final class GroupCompleteness {

  /** include/uapi/asm-generic/errno-base.h. */
  private static final int ENOENT = 2;

  private GroupCompleteness() {}

  /**
   * The devices of the device's iommu group that are not behind the vSMMU, as the device that was
   * attached last found the group.
   *
   * @return PCI addresses; empty for a complete group, and for logs that do not record the group
   */
  public static List<String> missing(VsmmuState state, DeviceState device) {
    int group = device.device().group();
    List<DeviceState> attached =
        state.devices().values().stream().filter(other -> other.device().group() == group).toList();
    Set<String> addresses =
        attached.stream().map(other -> other.device().address()).collect(Collectors.toSet());
    return attached.stream()
        .max(Comparator.comparingLong(DeviceState::since))
        .map(newest -> newest.device().groupMates())
        .orElse(List.of())
        .stream()
        .filter(member -> !addresses.contains(member))
        .toList();
  }

  /**
   * Why the host refused an attachment, when that is because the group is incomplete.
   *
   * @return a part of a sentence that names the missing devices and what to do
   */
  public static Optional<String> explain(VsmmuState state, HostOperation failed) {
    DeviceState device = state.devices().get(failed.streamId());
    HostHandles shared = state.hostHandles();
    boolean proxy =
        failed.target() == shared.abortProxy() || failed.target() == shared.bypassProxy();
    if (failed.kind() != HostOperation.Kind.ATTACH
        || failed.errno() != ENOENT
        || proxy
        || device == null) {
      return Optional.empty();
    }
    List<String> missing = missing(state, device);
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            ("iommu group %d translates only when all of its devices are behind this vSMMU;"
                    + " attach %s too")
                .formatted(device.device().group(), String.join(", ", missing)));
  }
}
