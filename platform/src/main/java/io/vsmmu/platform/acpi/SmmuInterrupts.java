package io.vsmmu.platform.acpi;

/** How an SMMU itself interrupts. */
public sealed interface SmmuInterrupts {

  /**
   * By wires, each a GSIV (INTID of the GIC) of 32 at least. All four: Linux takes the ID mapping
   * number 0 for the SMMU's own MSIs as soon as one is missing.
   */
  record Wired(long event, long pri, long gerror, long sync) implements SmmuInterrupts {}

  /**
   * By MSIs through an ITS.
   *
   * @param itsGroup index of the group
   * @param deviceId the SMMU's own DeviceID, unsigned 32 bits; not one of a device behind it
   */
  record Messages(int itsGroup, long deviceId) implements SmmuInterrupts {}
}
