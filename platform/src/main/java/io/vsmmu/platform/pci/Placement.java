package io.vsmmu.platform.pci;

/** Where a capability is to go. */
public sealed interface Placement {

  /**
   * To this offset.
   *
   * @param offset 0x100 to 0xff8, a multiple of 4
   */
  record At(int offset) implements Placement {}

  /** To the lowest place that is free. */
  record FirstFree() implements Placement {}

  /** To the highest place that is free: where QEMU puts a PASID capability by default. */
  record LastFree() implements Placement {}
}
