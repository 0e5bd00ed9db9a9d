package io.vsmmu.host.apply;

import io.vsmmu.host.SmmuIds;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import java.util.Optional;

/**
 * Converts between the raw words of the port ({@link SmmuIds}) and the architecture's ID registers.
 */
public final class HostIds {

  private HostIds() {}

  /** The physical SMMU's ID registers, without the kernel's flags. */
  public static IdRegisters read(SmmuIds raw) {
    return new IdRegisters(
        raw.idr0(),
        raw.idr1(),
        raw.idr2(),
        raw.idr3(),
        raw.idr4(),
        raw.idr5(),
        raw.iidr(),
        raw.aidr());
  }

  /** The words of ID registers, without flags. */
  public static SmmuIds write(IdRegisters ids) {
    return new SmmuIds(
        ids.idr0(),
        ids.idr1(),
        ids.idr2(),
        ids.idr3(),
        ids.idr4(),
        ids.idr5(),
        ids.iidr(),
        ids.aidr(),
        0);
  }

  /**
   * Why a physical SMMU cannot nest a guest's stage 1 in the host's stage 2; empty when it can,
   * which takes both stages (arm-smmu-v3.c, arm_smmu_device_hw_probe, ARM_SMMU_FEAT_NESTING).
   */
  public static Optional<String> whyNotNesting(SmmuIds raw) {
    IdRegisters ids = read(raw);
    return ids.bothStages()
        ? Optional.empty()
        : Optional.of(
            "its SMMU has IDR0.S1P %d and IDR0.S2P %d"
                .formatted(ids.get(IdField.S1P), ids.get(IdField.S2P)));
  }
}
