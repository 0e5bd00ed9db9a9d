package io.vsmmu.control.session;

import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Records which vSMMU has which host device. The devices of an iommu group belong to one vSMMU: the
 * kernel lets only one iommufd have them (drivers/iommu/iommu.c, iommu_device_claim_dma_owner).
 * Thread-safe.
 */
final class DeviceClaims {

  private record HeldDevice(RegisteredVsmmu owner, int group) {}

  private final Map<String, HeldDevice> byAddress = new HashMap<>();

  /**
   * Claims a device for a vSMMU. If another vSMMU has it or a device of its group, returns that one
   * and changes nothing.
   */
  synchronized Optional<RegisteredVsmmu> claim(RegisteredVsmmu vsmmu, String address, int group) {
    Optional<RegisteredVsmmu> other =
        byAddress.entrySet().stream()
            .filter(held -> held.getKey().equals(address) || held.getValue().group() == group)
            .map(held -> held.getValue().owner())
            .filter(owner -> owner.id() != vsmmu.id())
            .findFirst();
    if (other.isEmpty()) {
      byAddress.put(address, new HeldDevice(vsmmu, group));
    }
    return other;
  }

  /** The vSMMU that has the device. */
  synchronized Optional<RegisteredVsmmu> holder(String address) {
    return Optional.ofNullable(byAddress.get(address)).map(HeldDevice::owner);
  }

  /** The vSMMU that has a device of the iommu group, and therefore may have the others. */
  synchronized Optional<RegisteredVsmmu> holderOfGroup(int group) {
    return byAddress.values().stream()
        .filter(claim -> claim.group() == group)
        .map(HeldDevice::owner)
        .findFirst();
  }

  /** Replaces the claims of a vSMMU by the devices of its state. */
  synchronized void set(RegisteredVsmmu vsmmu, VsmmuState state) {
    byAddress.values().removeIf(claim -> claim.owner().id() == vsmmu.id());
    for (DeviceState device : state.devices().values()) {
      byAddress.put(device.device().address(), new HeldDevice(vsmmu, device.device().group()));
    }
  }
}
