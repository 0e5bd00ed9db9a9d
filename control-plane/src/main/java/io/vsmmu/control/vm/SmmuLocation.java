package io.vsmmu.control.vm;

import org.jspecify.annotations.Nullable;

/**
 * The addresses, interrupts and buses by which a guest finds a vSMMU. Stored as JSON with these
 * names.
 *
 * @param vsmmu its name
 * @param frame guest-physical address of its register frame: of BAR 0 for a vfio-user function
 * @param wires its four wired interrupts; null when it interrupts by MSIs through the ITS
 * @param deviceId its own DeviceID at the ITS; null for 0, which is what QEMU's vfio-user functions
 *     have
 * @param firstBus first of the PCI buses behind it; null for the first on which a device of it is
 * @param lastBus last of them; null likewise
 */
public record SmmuLocation(
    String vsmmu,
    long frame,
    @Nullable Wires wires,
    @Nullable Long deviceId,
    @Nullable Integer firstBus,
    @Nullable Integer lastBus) {

  /** Interrupt numbers at the GIC (INTID), each from 32 on. */
  public record Wires(long event, long pri, long gerror, long sync) {}

  /** The location of a vSMMU without a description. */
  static SmmuLocation of(String vsmmu) {
    return new SmmuLocation(vsmmu, 0, null, null, null, null);
  }

  /** The same location with another address of the frame. */
  SmmuLocation at(long other) {
    return new SmmuLocation(vsmmu, other, wires, deviceId, firstBus, lastBus);
  }
}
