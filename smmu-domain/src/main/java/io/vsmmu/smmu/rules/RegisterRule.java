package io.vsmmu.smmu.rules;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.Register;
import java.util.function.ToLongFunction;

/**
 * The bits of a field that only some SMMUs have.
 *
 * @param bits the field
 * @param exists those of its bits, in place, that an SMMU with these ID registers has; the others
 *     read as zero and ignore writes
 */
public record RegisterRule(
    Register register, Bits bits, String when, String section, ToLongFunction<IdRegisters> exists)
    implements FieldRule {

  @Override
  public String field() {
    return bits.name();
  }

  @Override
  public Says says() {
    return Says.RES0;
  }

  @Override
  public String choice() {
    return "reads as zero, writes ignored";
  }
}
