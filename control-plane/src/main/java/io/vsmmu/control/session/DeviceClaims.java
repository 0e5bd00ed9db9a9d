package io.vsmmu.control.session;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which vSMMU has which host device. The devices of an iommu group belong to one vSMMU: the kernel
 * lets only one iommufd have them (drivers/iommu/iommu.c, iommu_device_claim_dma_owner).
 * Thread-safe.
 */
final class DeviceClaims {

  private record Claim(RegisteredVsmmu owner, int group) {}

  private final Map<String, Claim> byAddress = new HashMap<>();

  /** Claims a device; the other vSMMU that has it or one of its group, if there is one. */
  synchronized Optional<RegisteredVsmmu> claim(RegisteredVsmmu vsmmu, String address, int group) {
    Optional<RegisteredVsmmu> other =
        byAddress.entrySet().stream()
            .filter(held -> held.getKey().equals(address) || held.getValue().group() == group)
            .map(held -> held.getValue().owner())
            .filter(owner -> owner.id() != vsmmu.id())
            .findFirst();
    if (other.isEmpty()) {
      byAddress.put(address, new Claim(vsmmu, group));
    }
    return other;
  }

  /** The vSMMU that has the device. */
  synchronized Optional<RegisteredVsmmu> holder(String address) {
    return Optional.ofNullable(byAddress.get(address)).map(Claim::owner);
  }

  /** The vSMMU that has a device of the iommu group, and therefore may have the others. */
  synchronized Optional<RegisteredVsmmu> holderOfGroup(int group) {
    return byAddress.values().stream()
        .filter(claim -> claim.group() == group)
        .map(Claim::owner)
        .findFirst();
  }

  /** The vSMMU has the devices of this state and no others. */
  synchronized void set(RegisteredVsmmu vsmmu, VsmmuState state) {
    byAddress.values().removeIf(claim -> claim.owner().id() == vsmmu.id());
    for (DeviceState device : state.devices().values()) {
      byAddress.put(device.device().address(), new Claim(vsmmu, device.device().group()));
    }
  }
}
