package io.vsmmu.control.vm;

import org.jspecify.annotations.Nullable;

/**
 * Where the guest finds a vSMMU.
 *
 * @param vsmmu its name
 * @param frame guest-physical address of its register frame: of BAR 0 for a vfio-user function
 * @param wires its four wired interrupts; null when it interrupts by MSIs through the ITS
 * @param deviceId its own DeviceID at the ITS; null for 0, which is what QEMU's vfio-user functions
 *     have
 * @param firstBus first of the PCI buses behind it; null for the first on which a device of it is
 * @param lastBus last of them; null likewise
 */
public record SmmuPlace(
    String vsmmu,
    long frame,
    @Nullable Wires wires,
    @Nullable Long deviceId,
    @Nullable Integer firstBus,
    @Nullable Integer lastBus) {

  /** Interrupt numbers at the GIC (INTID), each from 32 on. */
  public record Wires(long event, long pri, long gerror, long sync) {}

  /** A vSMMU of which nothing was told. */
  static SmmuPlace of(String vsmmu) {
    return new SmmuPlace(vsmmu, 0, null, null, null, null);
  }

  /** The same vSMMU with its frame at another address. */
  SmmuPlace at(long other) {
    return new SmmuPlace(vsmmu, other, wires, deviceId, firstBus, lastBus);
  }
}
