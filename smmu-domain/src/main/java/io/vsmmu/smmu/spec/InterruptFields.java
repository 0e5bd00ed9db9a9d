package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.bits.Bits.bit;
import static io.vsmmu.smmu.bits.Bits.field;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;

/** Fields of the interrupt and global error registers, IHI 0070, 6.3.17 to 6.3.23. */
public final class InterruptFields {

  public static final Bits GERROR_IRQEN = bit("GERROR_IRQEN", 0);
  public static final Bits PRIQ_IRQEN = bit("PRIQ_IRQEN", 1);
  public static final Bits EVENTQ_IRQEN = bit("EVENTQ_IRQEN", 2);

  /** SMMU_IRQ_CTRL and SMMU_IRQ_CTRLACK, which have the same fields. */
  public static final FieldTable IRQ_CTRL = FieldTable.of32(GERROR_IRQEN, PRIQ_IRQEN, EVENTQ_IRQEN);

  public static final Bits CMDQ_ERR = bit("CMDQ_ERR", 0);
  public static final Bits EVENTQ_ABT_ERR = bit("EVENTQ_ABT_ERR", 2);
  public static final Bits PRIQ_ABT_ERR = bit("PRIQ_ABT_ERR", 3);
  public static final Bits MSI_CMDQ_ABT_ERR = bit("MSI_CMDQ_ABT_ERR", 4);
  public static final Bits MSI_EVENTQ_ABT_ERR = bit("MSI_EVENTQ_ABT_ERR", 5);
  public static final Bits MSI_PRIQ_ABT_ERR = bit("MSI_PRIQ_ABT_ERR", 6);
  public static final Bits MSI_GERROR_ABT_ERR = bit("MSI_GERROR_ABT_ERR", 7);
  public static final Bits SFM_ERR = bit("SFM_ERR", 8);
  public static final Bits CMDQP_ERR = bit("CMDQP_ERR", 9);
  public static final Bits DPT_ERR = bit("DPT_ERR", 10);

  /** GERROR and GERRORN: an error is active while its two bits differ. */
  public static final FieldTable GERROR =
      FieldTable.of32(
          CMDQ_ERR,
          EVENTQ_ABT_ERR,
          PRIQ_ABT_ERR,
          MSI_CMDQ_ABT_ERR,
          MSI_EVENTQ_ABT_ERR,
          MSI_PRIQ_ABT_ERR,
          MSI_GERROR_ABT_ERR,
          SFM_ERR,
          CMDQP_ERR,
          DPT_ERR);

  /** MSI address, 4-byte aligned; zero means no MSI. */
  public static final Bits MSI_ADDR = field("ADDR", 55, 2);

  /** GERROR_, EVENTQ_ and PRIQ_IRQ_CFG0. */
  public static final FieldTable IRQ_CFG0 = FieldTable.of64(MSI_ADDR);

  public static final Bits MSI_DATA = field("DATA", 31, 0);

  /** GERROR_, EVENTQ_ and PRIQ_IRQ_CFG1. */
  public static final FieldTable IRQ_CFG1 = FieldTable.of32(MSI_DATA);

  public static final Bits MSI_MEMATTR = field("MemAttr", 3, 0);
  public static final Bits MSI_SH = field("SH", 5, 4);

  /** SMMU_GERROR_IRQ_CFG2 and SMMU_EVENTQ_IRQ_CFG2, which have the same fields. */
  public static final FieldTable IRQ_CFG2 = FieldTable.of32(MSI_MEMATTR, MSI_SH);

  /** Interrupt only for the last request of a page request group. */
  public static final Bits PRIQ_LO = bit("LO", 31);

  /** SMMU_PRIQ_IRQ_CFG2, which has LO too. */
  public static final FieldTable PRIQ_IRQ_CFG2 = FieldTable.of32(MSI_MEMATTR, MSI_SH, PRIQ_LO);

  private InterruptFields() {}
}
