package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.FieldTable;

/**
 * The 32-bit identification registers of the Non-secure programming interface, IHI 0070, 6.3.1 to
 * 6.3.8, in the order of their offsets. {@link IdRegisters} holds a value for each.
 */
public enum IdRegister {
  IDR0,
  IDR1,
  IDR2,
  IDR3,
  /** IMPLEMENTATION DEFINED as a whole. */
  IDR4,
  IDR5,
  IIDR,
  AIDR;

  /** The rows of {@link IdField} that lie in this register; its other bits are RES0. */
  public FieldTable fields() {
    return IdField.table(this);
  }
}
