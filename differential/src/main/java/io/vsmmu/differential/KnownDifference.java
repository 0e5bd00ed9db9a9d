package io.vsmmu.differential;

/**
 * A known difference of QEMU's emulated SMMUv3 from a vSMMU, as measured with QEMU {@value
 * #MEASURED}. If the specification permits both, {@link #why} says so.
 */
enum KnownDifference {
  STAGE_2_SHOWN(
      "6.3.1",
      "shows IDR0.S2P and VMID16",
      "a live vSMMU shows neither: stage 2 is the host's",
      "the two machines differ in what they implement"),
  PERIPHERAL_ID("6.2", "PIDR0 to PIDR7 of an Arm part", "0", "IMPLEMENTATION DEFINED"),
  RES0_READ_BACK(
      "6.3",
      "RES0 and unimplemented bits read back as written",
      "read as 0",
      "RES0 bits that software writes are ignored"),
  ACK_OF_ABSENT_FEATURES(
      "6.3.10, 6.3.18",
      "acknowledges PRIQEN, ATSCHK, VMW and DPT_WALK_EN, and every bit of IRQ_CTRL",
      "implemented bits only",
      "fields of features that are not implemented are RES0"),
  MSI_REGISTERS_WITHOUT_MSI(
      "6.3.21",
      "GERROR_IRQ_CFG0 to 2 and EVENTQ_IRQ_CFG0 to 2 store what is written, though IDR0.MSI is 0",
      "RAZ/WI",
      "RES0 without IDR0.MSI"),
  QUEUE_SIZE_AFTER_RESET(
      "6.3.26, 6.3.29",
      "LOG2SIZE of the queue bases is 19 after a reset",
      "0",
      "UNKNOWN after a reset"),
  RESET_KEEPS_REGISTERS(
      "3.11, 6.3",
      "a reset leaves CR2 and other registers as they were",
      "0",
      "most of them are UNKNOWN after a reset"),
  OUTSIDE_RAM(
      "7.1",
      "a queue or table in flash or in another device's registers is read and written there",
      "an access that aborts: a VMM shares RAM alone",
      "the two machines differ in what they have at an address"),
  ADDRESS_ABOVE_OAS_KEPT(
      "3.4.3",
      "table and queue bases keep address bits above IDR5.OAS, and accesses there abort",
      "truncated to OAS",
      "addresses in registers are truncated to the output address size"),
  PAGE_1_IS_PAGE_0(
      "6.2",
      "the two pages are the same registers",
      "each register in its page alone",
      "an access to an offset without a register is CONSTRAINED UNPREDICTABLE"),
  UNALIGNED_IN_TWO_HALVES(
      "6.2",
      "a 64-bit access that is not aligned is two 32-bit ones",
      "RAZ/WI",
      "CONSTRAINED UNPREDICTABLE"),
  LOCKED_REGISTERS_TAKEN(
      "6.3",
      "writes take effect at any time",
      "writes are ignored while what the register configures is enabled",
      "read-only then"),
  CR1_TAKEN(
      "6.3.11",
      "writes take effect at any time",
      "writes are ignored while the SMMU (table attributes) or a queue (queue attributes) is"
          + " enabled",
      "read-only then"),
  CMDQ_ERR_CODE_UNKNOWN(
      "6.3.28",
      "the same; CMDQ_CONS.ERR keeps the last code",
      "CMDQ_CONS.ERR is 0 again",
      "UNKNOWN while CMDQ_ERR is not active"),
  INDEX_ABOVE_WRAP_KEPT(
      "3.5.1, 6.3.28",
      "bits of a queue index above its wrap bit stay as they were written",
      "0, in CMDQ_CONS at the latest with the next command that is consumed",
      "they are no part of the index"),
  CMDQ_BASE_NOT_ALIGNED(
      "6.3.26",
      "the base is not aligned to the queue's size, and bit 5 is ignored",
      "aligned to the queue's size",
      "the effective base is aligned to the larger of the queue's size and 32 bytes"),
  PROD_OUT_OF_STEP(
      "3.5.1",
      "consumes all entries between the two, more than the queue has",
      "nothing is consumed",
      "CONSTRAINED UNPREDICTABLE, either is permitted"),
  PREFETCH_SSEC_CONSUMED(
      "4.1.6, 4.2",
      "a prefetch with SSec is consumed",
      "CERROR_ILL",
      "SSec of 1 on a Non-secure queue is ILLEGAL"),
  SYNC_CS_3_CONSUMED("4.7.3", "consumed, and signals", "CERROR_ILL", "CS 3 is Reserved: ILLEGAL"),
  EL2_EL3_CONSUMED(
      "4.4",
      "TLBI_EL2_* and TLBI_EL3_* are consumed",
      "CERROR_ILL",
      "ILLEGAL without IDR0.Hyp, and EL3 on a Non-secure queue"),
  STAGE_2_TLBI_CONSUMED(
      "4.4",
      "TLBI_S12_VMALL and TLBI_S2_IPA are consumed: it shows stage 2",
      "CERROR_ILL",
      "ILLEGAL without IDR0.S2P"),
  ATS_PRI_CONSUMED(
      "4.5",
      "ATC_INV and PRI_RESP are consumed without IDR0.ATS and PRI",
      "CERROR_ILL",
      "ILLEGAL without the feature"),
  STALL_COMMANDS_CONSUMED(
      "4.7",
      "RESUME and STALL_TERM are consumed though IDR0.STALL_MODEL is 1",
      "CERROR_ILL",
      "ILLEGAL without stalls"),
  RESERVED_RANGE_CONSUMED(
      "4.4.1.1",
      "a TLBI with TG, but without NUM, SCALE and TTL, is consumed",
      "CERROR_ILL",
      "this combination is ILLEGAL"),
  CONFIGURATION_CACHED(
      "3.21.3",
      "an STE that changed without an invalidation is seen with the next transaction, or not at"
          + " all",
      "seen with CFGI or SMMUEN",
      "an SMMU may cache an STE or not"),
  TWO_LEVELS_STICK(
      "6.3.25",
      "a Stream table that was 2-level once stays 2-level, whatever FMT is later",
      "follows FMT",
      "FMT is read with each walk"),
  SPAN_OFF_BY_ONE(
      "5.1",
      "a second level has 2^Span entries, and one beyond it is C_BAD_STE",
      "2^(Span-1) entries, C_BAD_STREAMID beyond",
      "Span is log2 of the entries plus one"),
  RESERVED_SPLIT_TAKEN(
      "6.3.25",
      "Reserved values of SPLIT are used as they are",
      "as 6",
      "Reserved values behave as 6"),
  S1CDMAX_CHECKED(
      "5.2",
      "S1CDMax other than 0 is C_BAD_STE, though SSIDSIZE is 0",
      "IGNORED",
      "IGNORED where SSIDSIZE is 0"),
  CONTEXT_ABOVE_OAS_FETCHED(
      "5.2",
      "a CD above IDR5.OAS is fetched there: F_CD_FETCH",
      "abort, C_BAD_STE",
      "S1ContextPtr beyond OAS makes the STE ILLEGAL"),
  STAGE_2_STE(
      "5.2",
      "Config 6 and 7 are translated by stage 2: it shows stage 2",
      "abort, C_BAD_STE",
      "ILLEGAL without IDR0.S2P"),
  STAGE_2_STE_ENDS_QEMU(
      "5.2",
      "a transaction whose STE has Config 6 and zeros as its stage 2 fields aborts QEMU",
      "abort, C_BAD_STE",
      "a defect"),
  RESERVED_IPS_ENDS_QEMU(
      "5.4",
      "a transaction whose CD has IPS 6 or 7 aborts QEMU",
      "the CD is the host's, whose SMMU decides",
      "IPS above IDR5.OAS behaves as OAS"),
  LOST_RECORD_NOT_COUNTED(
      "7.2.1",
      "EVENTQ_PROD is not advanced when the write of a record aborts",
      "is advanced",
      "records may be lost then; the value of EVENTQ_PROD is not specified"),
  EVENTQ_OUT_OF_STEP(
      "3.5.1",
      "records are written as if there were room",
      "treated as full",
      "CONSTRAINED UNPREDICTABLE"),
  ABORTED_EVENT_QUEUE_GOES_ON(
      "7.2.1",
      "records are still written while EVENTQ_ABT_ERR is active",
      "no record is accepted until GERRORN acknowledges it",
      "records may be lost then"),
  FULL_EVENT_QUEUE_ABORTS(
      "7.4",
      "a record that does not fit toggles GERROR.EVENTQ_ABT_ERR, and OVFLG never",
      "OVFLG toggles once until it is acknowledged",
      "a full queue is an overflow and no aborted access");

  /** The version that was measured. */
  static final String MEASURED = "11.1.3";

  private final String section;
  private final String qemu;
  private final String vsmmu;
  private final String why;

  KnownDifference(String section, String qemu, String vsmmu, String why) {
    this.section = section;
    this.qemu = qemu;
    this.vsmmu = vsmmu;
    this.why = why;
  }

  String section() {
    return section;
  }

  String qemu() {
    return qemu;
  }

  String vsmmu() {
    return vsmmu;
  }

  /** The rule of the specification about the two. */
  String why() {
    return why;
  }

  /** The name in reports: {@code res0-read-back}. */
  String id() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
