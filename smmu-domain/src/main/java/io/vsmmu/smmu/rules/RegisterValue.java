package io.vsmmu.smmu.rules;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.Register;

/**
 * Values of a register's field that behave as another one, or that are chosen here.
 *
 * @param value one such value, right-aligned
 * @param as what it behaves as, right-aligned; the same where it counts as it is
 */
public record RegisterValue(
    Register register,
    Bits bits,
    String when,
    Says says,
    String section,
    String choice,
    long value,
    long as)
    implements FieldRule {

  @Override
  public String field() {
    return bits.name();
  }
}
