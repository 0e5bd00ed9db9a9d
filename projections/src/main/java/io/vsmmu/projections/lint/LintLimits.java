package io.vsmmu.projections.lint;

/**
 * The limits of the rules, and what happens when they are reached; and the thresholds from which on
 * they report. A guest decides what a log contains, so every rule remembers a bounded part of it.
 */
public final class LintLimits {

  /** Findings of one rule that are listed; further ones are counted. */
  public static final int FINDINGS = FindingReport.MOST_PER_RULE;

  /** Occurrences of one finding whose positions are cited; of further ones only the last is. */
  public static final int EXAMPLES = 4;

  /**
   * StreamIDs about which one rule remembers something; others are not examined by that rule. A
   * vSMMU has 256 devices at most.
   */
  public static final int STREAMS = 1024;

  /** Configured StreamIDs that are remembered until the next CMD_SYNC; others are not examined. */
  public static final int UNSYNCED_STREAMS = 64;

  /**
   * Translated pages of a recording that are remembered; the one that was not seen for the longest
   * time is forgotten first.
   */
  public static final int TRANSLATIONS = 256;

  /** The last invalidations that are remembered; a fault on an older one's address is not found. */
  public static final int INVALIDATIONS = 64;

  /** ASIDs whose invalidations are counted one by one; those of others are counted together. */
  public static final int ASIDS = 16;

  /**
   * Microseconds after which an STE with V = 0 is not taken for a step of an update any more,
   * unless there are faults in that time: a device that is released and bound again has such a gap
   * too.
   */
  public static final long UPDATE_MICROS = 1_000_000;

  /**
   * Microseconds for which a fault may be on its way from the SMMU to the log: the host reads the
   * vEVENTQ on a thread of its own.
   */
  public static final long FAULT_DELAY_MICROS = 100_000;

  /** Microseconds without a CMD_SYNC after which commands count as never synchronised. */
  public static final long SYNC_MICROS = 10_000_000;

  /** Fault records of one StreamID within {@link #STORM_MICROS} that are a storm. */
  public static final int STORM_RECORDS = 256;

  /** Length of the interval in which storms are counted, in microseconds. */
  public static final long STORM_MICROS = 1_000_000;

  /**
   * Consecutive invalidations of one ASID by address without a CMD_SYNC between them, above which
   * one by ASID would do: the threshold of Linux for 4KB pages (arm-smmu-v3-sva.c,
   * CMDQ_MAX_TLBI_OPS).
   */
  public static final int TLBI_RUN = 512;

  /** TLB invalidations within {@link #STORM_MICROS} that are a storm. */
  public static final int STORM_TLBIS = 10_000;

  /** TLB invalidations of a log from which on their cost is summed up. */
  public static final int COST_INVALIDATIONS = 256;

  /**
   * CMD_SYNCs behind TLB invalidations from which on the absence of CMD_ATC_INV is no coincidence.
   */
  public static final int ATS_SYNCS = 64;

  private LintLimits() {}
}
