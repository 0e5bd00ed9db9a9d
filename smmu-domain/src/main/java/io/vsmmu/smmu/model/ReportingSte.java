package io.vsmmu.smmu.model;

import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import java.util.Optional;

/**
 * The vSTE for a stream whose transactions must end with an event. A vSTE with V = 0 or Config =
 * 0b000 becomes an abort STE of the kernel, for which the SMMU records nothing (IHI 0070 5.2.2;
 * arm-smmu-v3-iommufd.c, arm_smmu_make_nested_domain_ste). So the host gets a stage 1 vSTE that the
 * kernel accepts and the physical SMMU finds ILLEGAL. The SMMU terminates every transaction and
 * records C_BAD_STE, which the kernel forwards to the vEVENTQ (arm-smmu-v3.c,
 * arm_smmu_handle_event).
 */
final class ReportingSte {

  private static final long VALID_STAGE_1 = 0b1011;

  private ReportingSte() {}

  /**
   * The vSTE for a physical SMMU.
   *
   * @param host its ID registers
   * @return empty for an SMMU with stall model 0b00 and without SubstreamIDs, where every vSTE that
   *     the kernel accepts is legal
   */
  static Optional<StreamTableEntry> of(IdRegisters host) {
    if (host.stallModel() != IdRegisters.StallModel.STALL_AND_TERMINATE) {
      // 5.2.2: S1STALLD = 1 is ILLEGAL unless IDR0.STALL_MODEL is 0b00.
      return Optional.of(StreamTableEntry.ofTwoWords(VALID_STAGE_1, SteFields.S1STALLD.mask()));
    }
    // 5.2.2: S1CDMax above IDR1.SSIDSIZE, at most 20, is ILLEGAL; it is IGNORED where that is 0.
    return host.ssidSize() > 0
        ? Optional.of(StreamTableEntry.ofTwoWords(VALID_STAGE_1 | SteFields.S1CDMAX.mask(), 0))
        : Optional.empty();
  }
}
