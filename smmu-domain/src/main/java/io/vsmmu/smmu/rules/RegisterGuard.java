package io.vsmmu.smmu.rules;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.Register;

/**
 * Bits that are read-only while an enable bit is set.
 *
 * @param bits the guarded bits of {@code register}, in place
 * @param control the register with the enable bits
 * @param enables any of these
 */
public record RegisterGuard(
    Register register, long bits, Register control, Bits enables, String section) {}
