package io.vsmmu.platform.pci;

/** The position at which a capability is inserted. */
public sealed interface CapabilityPosition {

  /**
   * At a given offset.
   *
   * @param offset 0x100 to 0xff8, a multiple of 4; another one is refused
   */
  record At(int offset) implements CapabilityPosition {}

  /** The lowest free offset that has room for the capability. */
  record FirstFree() implements CapabilityPosition {}

  /** At the highest free offset, where QEMU inserts a PASID capability by default. */
  record LastFree() implements CapabilityPosition {}
}
