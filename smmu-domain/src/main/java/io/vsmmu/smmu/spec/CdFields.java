package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.bits.Bits.bit;
import static io.vsmmu.smmu.bits.Bits.field;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;

/**
 * Fields of a Context Descriptor: 64 bytes, eight little-endian words (IHI 0070, 5.4). The vSMMU
 * reads no CD; the host's SMMU walks them itself. Where a bit's name depends on IDR5.D128, the name
 * is the one without it (HAD0, HWU061), as no vSMMU advertises 128-bit descriptors.
 */
public final class CdFields {

  private static final int WORDS = 8;

  // Word 0.
  public static final Bits T0SZ = field("T0SZ", 5, 0);
  public static final Bits TG0 = field("TG0", 7, 6);
  public static final Bits IR0 = field("IR0", 9, 8);
  public static final Bits OR0 = field("OR0", 11, 10);
  public static final Bits SH0 = field("SH0", 13, 12);
  public static final Bits EPD0 = bit("EPD0", 14);
  public static final Bits ENDI = bit("ENDI", 15);
  public static final Bits T1SZ = field("T1SZ", 21, 16);
  public static final Bits TG1 = field("TG1", 23, 22);
  public static final Bits IR1 = field("IR1", 25, 24);
  public static final Bits OR1 = field("OR1", 27, 26);
  public static final Bits SH1 = field("SH1", 29, 28);
  public static final Bits EPD1 = bit("EPD1", 30);
  public static final Bits V = bit("V", 31);
  public static final Bits IPS = field("IPS", 34, 32);
  public static final Bits AFFD = bit("AFFD", 35);
  public static final Bits WXN = bit("WXN", 36);
  public static final Bits UWXN = bit("UWXN", 37);
  public static final Bits TBI0 = bit("TBI0", 38);
  public static final Bits TBI1 = bit("TBI1", 39);
  public static final Bits PAN = bit("PAN", 40);
  public static final Bits AA64 = bit("AA64", 41);
  public static final Bits HD = bit("HD", 42);
  public static final Bits HA = bit("HA", 43);
  public static final Bits S = bit("S", 44);
  public static final Bits R = bit("R", 45);
  public static final Bits A = bit("A", 46);
  public static final Bits ASET = bit("ASET", 47);
  public static final Bits ASID = field("ASID", 63, 48);

  // Word 1.
  public static final Bits NSCFG0 = bit("NSCFG0", 0);
  public static final Bits HAD0 = bit("HAD0", 1);
  public static final Bits E0PD0 = bit("E0PD0", 2);
  public static final Bits HAFT = bit("HAFT", 3);
  public static final Bits TTB0 = field("TTB0", 55, 4);
  public static final Bits PNCH = bit("PnCH", 58);
  public static final Bits EPAN = bit("EPAN", 59);
  public static final Bits HWU059 = bit("HWU059", 60);
  public static final Bits HWU060 = bit("HWU060", 61);
  public static final Bits HWU061 = bit("HWU061", 62);
  public static final Bits HWU062 = bit("HWU062", 63);

  // Word 2.
  public static final Bits NSCFG1 = bit("NSCFG1", 0);
  public static final Bits HAD1 = bit("HAD1", 1);
  public static final Bits E0PD1 = bit("E0PD1", 2);
  public static final Bits AIE = bit("AIE", 3);
  public static final Bits TTB1 = field("TTB1", 55, 4);
  public static final Bits DS = bit("DS", 58);
  public static final Bits PIE = bit("PIE", 59);
  public static final Bits HWU159 = bit("HWU159", 60);
  public static final Bits HWU160 = bit("HWU160", 61);
  public static final Bits HWU161 = bit("HWU161", 62);
  public static final Bits HWU162 = bit("HWU162", 63);

  // Words 3 and 4.
  public static final Bits MAIR0 = field("MAIR0", 31, 0);
  public static final Bits MAIR1 = field("MAIR1", 63, 32);
  public static final Bits AMAIR0 = field("AMAIR0", 31, 0);
  public static final Bits AMAIR1 = field("AMAIR1", 63, 32);

  // Word 5.
  public static final Bits IMPDEF_351_320 = field("IMPDEF[351:320]", 31, 0);
  public static final Bits PARTID = field("PARTID", 47, 32);
  public static final Bits PMG = field("PMG", 55, 48);

  // Words 6 and 7: sixteen 3-bit interpretations each.
  public static final Bits PIIU = field("PIIU", 47, 0);
  public static final Bits PIIP = field("PIIP", 47, 0);

  public static final FieldTable TABLE =
      FieldTable.words(WORDS)
          .word(0, T0SZ, TG0, IR0, OR0, SH0, EPD0, ENDI, T1SZ, TG1, IR1, OR1, SH1, EPD1, V, IPS)
          .word(0, AFFD, WXN, UWXN, TBI0, TBI1, PAN, AA64, HD, HA, S, R, A, ASET, ASID)
          .word(1, NSCFG0, HAD0, E0PD0, HAFT, TTB0, PNCH, EPAN, HWU059, HWU060, HWU061, HWU062)
          .word(2, NSCFG1, HAD1, E0PD1, AIE, TTB1, DS, PIE, HWU159, HWU160, HWU161, HWU162)
          .word(3, MAIR0, MAIR1)
          .word(4, AMAIR0, AMAIR1)
          .word(5, IMPDEF_351_320, PARTID, PMG)
          .word(6, PIIU)
          .word(7, PIIP)
          .build();

  private CdFields() {}
}
