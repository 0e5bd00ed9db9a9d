package io.vsmmu.smmu.rules;

import java.util.List;

/** Accesses to the register frame (IHI 0070, 6.2), and accesses that the SMMU makes (3.4.3). */
public final class AccessRules {

  private static final String NOTHING = "RAZ/WI, and recorded";
  private static final String TRUNCATED = "the address is truncated to the OAS";
  private static final String ABOVE = "the address is above IDR5.OAS";

  private static final List<AccessRule> FRAME =
      List.of(
          new AccessRule(
              "any register",
              "not 4 bytes, nor 8 of a 64-bit register",
              Says.CONSTRAINED_UNPREDICTABLE,
              "6.2",
              NOTHING),
          new AccessRule(
              "any register", "unaligned", Says.CONSTRAINED_UNPREDICTABLE, "6.2", NOTHING),
          new AccessRule(
              "two 32-bit registers", "8 bytes", Says.CONSTRAINED_UNPREDICTABLE, "6.2", NOTHING),
          new AccessRule("page 0", "no register there", Says.RES0, "6.2", NOTHING),
          new AccessRule(
              "page 1", "no register there", Says.CONSTRAINED_UNPREDICTABLE, "6.2", NOTHING),
          new AccessRule(
              "page 0",
              "where page 1 has EVENTQ_PROD, EVENTQ_CONS, PRIQ_PROD, PRIQ_CONS",
              Says.CONSTRAINED_UNPREDICTABLE,
              "6.2",
              NOTHING),
          new AccessRule(
              "CMDQ_CONS.RD, EVENTQ_PROD.WR, PRIQ_PROD.WR",
              "bits above the wrap bit of the queue's size",
              Says.RES0,
              "6.3.28, 6.3.95, 6.3.97",
              "read as zero"),
          new AccessRule(
              "CMDQ_PROD.WR, EVENTQ_CONS.RD, PRIQ_CONS.RD",
              "bits above the wrap bit of the queue's size",
              Says.RES0,
              "6.3.27, 6.3.96, 6.3.98",
              "stored, without effect"));

  private static final List<AccessRule> MEMORY =
      List.of(
          new AccessRule(
              "Command queue, Event queue, PRI queue", ABOVE, Says.RES0, "3.4.3", TRUNCATED),
          new AccessRule("MSI of a register", ABOVE, Says.RES0, "3.4.3", TRUNCATED),
          new AccessRule(
              "MSI of CMD_SYNC",
              ABOVE,
              Says.RES0,
              "3.4.3, 4.7.3",
              TRUNCATED + "; whether there is one is asked of the whole field"),
          new AccessRule(
              "STE, L1STD, by STRTAB_BASE or L1STD.L2Ptr",
              ABOVE,
              Says.CONSTRAINED_UNPREDICTABLE,
              "3.4.3",
              TRUNCATED),
          new AccessRule(
              "CD, L1CD, by STE.S1ContextPtr", ABOVE, Says.ILLEGAL, "3.4.3", "abort, C_BAD_STE"));

  private AccessRules() {}

  /** Accesses of a guest to the register frame; unmodifiable. */
  public static List<AccessRule> frame() {
    return FRAME;
  }

  /** Accesses of the SMMU to memory; unmodifiable. */
  public static List<AccessRule> memory() {
    return MEMORY;
  }
}
