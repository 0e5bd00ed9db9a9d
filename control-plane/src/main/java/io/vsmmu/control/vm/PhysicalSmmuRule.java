package io.vsmmu.control.vm;

import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.HostDevice;
import java.util.function.Function;

/**
 * One vSMMU per physical SMMU within a VM. Two of them would share the VM's stage 2 there and with
 * it the VMID (drivers/iommu/arm/arm-smmu-v3, arm_vsmmu_init), while a guest may give two SMMUs the
 * same ASID for different address spaces: the TLB could not distinguish their entries (IHI 0070,
 * 3.17: entries are tagged with VMID and ASID, not with the StreamID).
 */
public final class PhysicalSmmuRule {

  private final Vms vms;
  private final Function<RegisteredVsmmu, VsmmuState> states;

  /**
   * The rule.
   *
   * @param states the newest state of a vSMMU
   */
  public PhysicalSmmuRule(Vms vms, Function<RegisteredVsmmu, VsmmuState> states) {
    this.vms = vms;
    this.states = states;
  }

  /**
   * Checks that a device may be attached to a vSMMU; to be called within {@link Vms#exclusively}.
   *
   * @throws RequestRefusedException when another vSMMU of the VM has the device's SMMU
   */
  public void check(RegisteredVsmmu vsmmu, HostDevice device) {
    for (RegisteredVsmmu other : vms.members(vms.of(vsmmu))) {
      boolean taken =
          other.id() != vsmmu.id()
              && states.apply(other).hostHandles().physicalSmmu().equals(device.physicalSmmu());
      if (taken) {
        throw refused(vsmmu, other, device);
      }
    }
  }

  private RequestRefusedException refused(
      RegisteredVsmmu vsmmu, RegisteredVsmmu other, HostDevice device) {
    return new RequestRefusedException(
        Kind.CONFLICT,
        "hostDevice",
        "%s behind %s".formatted(device.address(), device.physicalSmmu()),
        ("a device behind a physical SMMU that no other vSMMU of VM %s has: %s has this one, and"
                + " both would share a VMID; place the device behind %s, or %s in another VM")
            .formatted(vms.of(vsmmu), other.name(), other.name(), vsmmu.name()));
  }
}
