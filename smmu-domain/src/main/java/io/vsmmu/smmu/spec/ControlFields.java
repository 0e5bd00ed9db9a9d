package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.bits.Bits.bit;
import static io.vsmmu.smmu.bits.Bits.field;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;

/** Fields of the control registers: CR0 to CR2, STATUSR, GBPA, AGBPA; IHI 0070, 6.3.9 to 6.3.16. */
public final class ControlFields {

  public static final Bits SMMUEN = bit("SMMUEN", 0);
  public static final Bits PRIQEN = bit("PRIQEN", 1);
  public static final Bits EVENTQEN = bit("EVENTQEN", 2);
  public static final Bits CMDQEN = bit("CMDQEN", 3);
  public static final Bits ATSCHK = bit("ATSCHK", 4);
  public static final Bits VMW = field("VMW", 8, 6);
  public static final Bits DPT_WALK_EN = bit("DPT_WALK_EN", 10);

  /** CR0 and its acknowledgement CR0ACK, 6.3.9 and 6.3.10. */
  public static final FieldTable CR0 =
      FieldTable.of32(SMMUEN, PRIQEN, EVENTQEN, CMDQEN, ATSCHK, VMW, DPT_WALK_EN);

  public static final Bits QUEUE_IC = field("QUEUE_IC", 1, 0);
  public static final Bits QUEUE_OC = field("QUEUE_OC", 3, 2);
  public static final Bits QUEUE_SH = field("QUEUE_SH", 5, 4);
  public static final Bits TABLE_IC = field("TABLE_IC", 7, 6);
  public static final Bits TABLE_OC = field("TABLE_OC", 9, 8);
  public static final Bits TABLE_SH = field("TABLE_SH", 11, 10);

  /** SMMU_CR1, IHI 0070, 6.3.11. */
  public static final FieldTable CR1 =
      FieldTable.of32(QUEUE_IC, QUEUE_OC, QUEUE_SH, TABLE_IC, TABLE_OC, TABLE_SH);

  public static final Bits E2H = bit("E2H", 0);
  public static final Bits RECINVSID = bit("RECINVSID", 1);
  public static final Bits PTM = bit("PTM", 2);
  public static final Bits REC_CFG_ATS = bit("REC_CFG_ATS", 3);

  /** SMMU_CR2, IHI 0070, 6.3.12. */
  public static final FieldTable CR2 = FieldTable.of32(E2H, RECINVSID, PTM, REC_CFG_ATS);

  public static final Bits DORMANT = bit("DORMANT", 0);

  /** SMMU_STATUSR, IHI 0070, 6.3.13. */
  public static final FieldTable STATUSR = FieldTable.of32(DORMANT);

  public static final Bits GBPA_MEMATTR = field("MemAttr", 3, 0);
  public static final Bits GBPA_MTCFG = bit("MTCFG", 4);
  public static final Bits GBPA_ALLOCCFG = field("ALLOCCFG", 11, 8);
  public static final Bits GBPA_SHCFG = field("SHCFG", 13, 12);
  public static final Bits GBPA_PRIVCFG = field("PRIVCFG", 17, 16);
  public static final Bits GBPA_INSTCFG = field("INSTCFG", 19, 18);
  public static final Bits GBPA_ABORT = bit("ABORT", 20);
  public static final Bits GBPA_UPDATE = bit("Update", 31);

  /** SMMU_GBPA, IHI 0070, 6.3.14. */
  public static final FieldTable GBPA =
      FieldTable.of32(
          GBPA_MEMATTR,
          GBPA_MTCFG,
          GBPA_ALLOCCFG,
          GBPA_SHCFG,
          GBPA_PRIVCFG,
          GBPA_INSTCFG,
          GBPA_ABORT,
          GBPA_UPDATE);

  /** AGBPA, 6.3.15: wholly IMPLEMENTATION DEFINED. */
  public static final FieldTable AGBPA = FieldTable.of32(field("IMPLEMENTATION_DEFINED", 31, 0));

  private ControlFields() {}
}
