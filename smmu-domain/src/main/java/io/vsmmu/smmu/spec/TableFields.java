package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.bits.Bits.bit;
import static io.vsmmu.smmu.bits.Bits.field;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;

/** Fields of the Stream table and queue registers, IHI 0070, 6.3.24 to 6.3.38. */
public final class TableFields {

  public static final Bits STRTAB_ADDR = field("ADDR", 55, 6);
  public static final Bits STRTAB_RA = bit("RA", 62);

  /** SMMU_STRTAB_BASE, IHI 0070, 6.3.24. */
  public static final FieldTable STRTAB_BASE = FieldTable.of64(STRTAB_ADDR, STRTAB_RA);

  public static final Bits STRTAB_LOG2SIZE = field("LOG2SIZE", 5, 0);
  public static final Bits STRTAB_SPLIT = field("SPLIT", 10, 6);
  public static final Bits STRTAB_FMT = field("FMT", 17, 16);

  /** SMMU_STRTAB_BASE_CFG, IHI 0070, 6.3.25. */
  public static final FieldTable STRTAB_BASE_CFG =
      FieldTable.of32(STRTAB_LOG2SIZE, STRTAB_SPLIT, STRTAB_FMT);

  public static final Bits QUEUE_LOG2SIZE = field("LOG2SIZE", 4, 0);
  public static final Bits QUEUE_ADDR = field("ADDR", 55, 5);
  public static final Bits CMDQ_RA = bit("RA", 62);
  public static final Bits QUEUE_WA = bit("WA", 62);

  /** SMMU_CMDQ_BASE, IHI 0070, 6.3.26. */
  public static final FieldTable CMDQ_BASE = FieldTable.of64(QUEUE_LOG2SIZE, QUEUE_ADDR, CMDQ_RA);

  /** EVENTQ_BASE and PRIQ_BASE: written by the SMMU, so the hint is for write allocation. */
  public static final FieldTable OUTPUT_QUEUE_BASE =
      FieldTable.of64(QUEUE_LOG2SIZE, QUEUE_ADDR, QUEUE_WA);

  public static final Bits WR = field("WR", 19, 0);
  public static final Bits RD = field("RD", 19, 0);

  /** SMMU_CMDQ_PROD, IHI 0070, 6.3.27. */
  public static final FieldTable CMDQ_PROD = FieldTable.of32(WR);

  public static final Bits CMDQ_CONS_ERR = field("ERR", 30, 24);

  /** CMDQ_CONS; the codes of ERR are in {@link CommandError}. */
  public static final FieldTable CMDQ_CONS = FieldTable.of32(RD, CMDQ_CONS_ERR);

  public static final Bits OVFLG = bit("OVFLG", 31);
  public static final Bits OVACKFLG = bit("OVACKFLG", 31);

  /** EVENTQ_PROD and PRIQ_PROD: overflow is active while OVFLG differs from OVACKFLG. */
  public static final FieldTable OUTPUT_QUEUE_PROD = FieldTable.of32(WR, OVFLG);

  /** SMMU_EVENTQ_CONS and SMMU_PRIQ_CONS, which have the same fields. */
  public static final FieldTable OUTPUT_QUEUE_CONS = FieldTable.of32(RD, OVACKFLG);

  private TableFields() {}
}
