package io.vsmmu.host.simulated;

import io.vsmmu.host.HostResult;
import io.vsmmu.host.SmmuIds;
import io.vsmmu.posix.Errno;

/**
 * A vSTE that the kernel accepted, with EATS cleared
 * (drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3-iommufd.c, arm_smmu_validate_vste; layout: IHI 0070,
 * 5.2).
 *
 * @param word0 bits 63:0; 0 for a vSTE that was not valid
 * @param word1 bits 127:64
 */
record NestedSte(long word0, long word1) {

  private static final long V = 1;
  private static final int CFG_SHIFT = 1;
  private static final long CFG_MASK = 0b111;
  private static final long S1FMT = 0b11L << 4;
  private static final long S1_CONTEXT_PTR = (1L << 52) - (1L << 6);
  private static final int S1CDMAX_SHIFT = 59;
  private static final long S1CDMAX = 0b11111L << S1CDMAX_SHIFT;
  private static final long ALLOWED0 = V | CFG_MASK << CFG_SHIFT | S1FMT | S1_CONTEXT_PTR | S1CDMAX;

  private static final long S1DSS_S1CIR_S1COR_S1CSH = 0xFF;
  private static final long S1STALLD = 1L << 27;
  private static final int EATS_SHIFT = 28;
  private static final long EATS = 0b11L << EATS_SHIFT;
  private static final long ALLOWED1 = S1DSS_S1CIR_S1COR_S1CSH | S1STALLD | EATS;
  private static final long EATS_TRANSLATE = 1;

  private static final int CFG_ABORT = 0;
  private static final int CFG_BYPASS = 4;
  private static final int CFG_S1_TRANSLATE = 5;

  static HostResult<NestedSte> accept(long word0, long word1) {
    if ((word0 & V) == 0) {
      return HostResult.ok(new NestedSte(0, 0));
    }
    boolean bitsAllowed = (word0 & ~ALLOWED0) == 0 && (word1 & ~ALLOWED1) == 0;
    boolean cfgAllowed =
        switch (cfg(word0)) {
          case CFG_ABORT, CFG_BYPASS, CFG_S1_TRANSLATE -> true;
          default -> false;
        };
    boolean eatsAllowed = (word1 & EATS) >>> EATS_SHIFT <= EATS_TRANSLATE;
    return bitsAllowed && cfgAllowed && eatsAllowed
        ? HostResult.ok(new NestedSte(word0, word1 & ~EATS))
        : HostResult.refused(Errno.EIO);
  }

  boolean translates() {
    return cfg(word0) == CFG_S1_TRANSLATE;
  }

  /**
   * Whether the SMMU treats the vSTE as ILLEGAL, so that it aborts DMA with an event, which an STE
   * with Config == abort does without one (IHI 0070, 5.2.2).
   */
  boolean illegal(SmmuIds smmu) {
    int ssidSize = IdMask.SSIDSIZE.get(smmu.idr());
    boolean stalls = (word1 & S1STALLD) != 0 && IdMask.STALL_MODEL.get(smmu.idr()) != 0;
    boolean tooManyCds = ssidSize > 0 && (word0 & S1CDMAX) >>> S1CDMAX_SHIFT > ssidSize;
    return translates() && (stalls || tooManyCds);
  }

  /**
   * The effect on DMA.
   *
   * @param smmu the SMMU that fetches the STE
   */
  Attachment.Kind kind(SmmuIds smmu) {
    return illegal(smmu) ? Attachment.Kind.ABORT : kind();
  }

  private Attachment.Kind kind() {
    return switch (cfg(word0)) {
      case CFG_S1_TRANSLATE -> Attachment.Kind.TRANSLATE;
      case CFG_BYPASS -> Attachment.Kind.BYPASS;
      default -> Attachment.Kind.ABORT;
    };
  }

  private static int cfg(long word0) {
    return (int) (word0 >>> CFG_SHIFT & CFG_MASK);
  }
}
