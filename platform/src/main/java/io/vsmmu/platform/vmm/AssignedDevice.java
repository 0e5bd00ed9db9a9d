package io.vsmmu.platform.vmm;

import java.util.OptionalInt;

/**
 * A host device that is assigned to the guest.
 *
 * @param hostAddress its PCI address on the host, such as 0000:01:00.0
 * @param slot slot of its root port on the vSMMU's root bus, 0 to 31
 * @param ats whether the guest sees the device's ATS capability
 * @param pasidOffset offset at which the VMM inserts a PASID capability; empty for the VMM's choice
 */
public record AssignedDevice(
    String hostAddress, int slot, OptionSetting ats, OptionalInt pasidOffset) {

  /** A device whose options are left to the VMM. */
  public static AssignedDevice of(String hostAddress, int slot) {
    return new AssignedDevice(hostAddress, slot, OptionSetting.AUTO, OptionalInt.empty());
  }
}
