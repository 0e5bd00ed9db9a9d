package io.vsmmu.platform.vmm;

import java.util.OptionalInt;

/**
 * A host's device for the guest.
 *
 * @param hostAddress as 0000:01:00.0
 * @param slot of its root port on the vSMMU's bus, 0 to 31
 * @param ats whether the guest sees the device's ATS capability
 * @param pasidOffset where a PASID capability is put; absent for the VMM's choice
 */
public record AssignedDevice(
    String hostAddress, int slot, OptionSetting ats, OptionalInt pasidOffset) {

  /** With everything left to the VMM. */
  public static AssignedDevice of(String hostAddress, int slot) {
    return new AssignedDevice(hostAddress, slot, OptionSetting.AUTO, OptionalInt.empty());
  }
}
