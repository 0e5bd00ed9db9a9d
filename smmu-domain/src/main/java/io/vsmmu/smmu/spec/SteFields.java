package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.bits.Bits.bit;
import static io.vsmmu.smmu.bits.Bits.field;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;

/**
 * Fields of a Stream Table Entry, IHI 0070, 5.2. The specification's bit n is bit n % 64 of word n
 * / 64.
 */
public final class SteFields {

  // Word 0.
  public static final Bits V = bit("V", 0);
  public static final Bits CONFIG = field("Config", 3, 1);
  public static final Bits S1FMT = field("S1Fmt", 5, 4);
  public static final Bits S1CONTEXTPTR = field("S1ContextPtr", 55, 6);
  public static final Bits S1CDMAX = field("S1CDMax", 63, 59);

  // Word 1.
  public static final Bits S1DSS = field("S1DSS", 1, 0);
  public static final Bits S1CIR = field("S1CIR", 3, 2);
  public static final Bits S1COR = field("S1COR", 5, 4);
  public static final Bits S1CSH = field("S1CSH", 7, 6);
  public static final Bits S2HWU59 = bit("S2HWU59", 8);
  public static final Bits S2HWU60 = bit("S2HWU60", 9);
  public static final Bits S2HWU61 = bit("S2HWU61", 10);
  public static final Bits S2HWU62 = bit("S2HWU62", 11);
  public static final Bits DRE = bit("DRE", 12);
  public static final Bits CONT = field("CONT", 16, 13);
  public static final Bits DCP = bit("DCP", 17);
  public static final Bits PPAR = bit("PPAR", 18);
  public static final Bits MEV = bit("MEV", 19);
  public static final Bits SW_RESERVED = field("SW_RESERVED", 23, 20);
  public static final Bits S1PIE = bit("S1PIE", 24);
  public static final Bits S2FWB = bit("S2FWB", 25);
  public static final Bits S1MPAM = bit("S1MPAM", 26);
  public static final Bits S1STALLD = bit("S1STALLD", 27);
  public static final Bits EATS = field("EATS", 29, 28);
  public static final Bits STRW = field("STRW", 31, 30);
  public static final Bits MEMATTR = field("MemAttr", 35, 32);
  public static final Bits MTCFG = bit("MTCFG", 36);
  public static final Bits ALLOCCFG = field("ALLOCCFG", 40, 37);
  public static final Bits SHCFG = field("SHCFG", 45, 44);
  public static final Bits NSCFG = field("NSCFG", 47, 46);
  public static final Bits PRIVCFG = field("PRIVCFG", 49, 48);
  public static final Bits INSTCFG = field("INSTCFG", 51, 50);
  public static final Bits IMPDEF_127_116 = field("IMPDEF[127:116]", 63, 52);

  // Word 2.
  public static final Bits S2VMID = field("S2VMID", 15, 0);
  public static final Bits IMPDEF_159_144 = field("IMPDEF[159:144]", 31, 16);
  public static final Bits S2T0SZ = field("S2T0SZ", 37, 32);
  public static final Bits S2SL0 = field("S2SL0", 39, 38);
  public static final Bits S2IR0 = field("S2IR0", 41, 40);
  public static final Bits S2OR0 = field("S2OR0", 43, 42);
  public static final Bits S2SH0 = field("S2SH0", 45, 44);
  public static final Bits S2TG = field("S2TG", 47, 46);
  public static final Bits S2PS = field("S2PS", 50, 48);
  public static final Bits S2AA64 = bit("S2AA64", 51);
  public static final Bits S2ENDI = bit("S2ENDI", 52);
  public static final Bits S2AFFD = bit("S2AFFD", 53);
  public static final Bits S2PTW = bit("S2PTW", 54);
  public static final Bits S2HD = bit("S2HD", 55);
  public static final Bits S2HA = bit("S2HA", 56);
  public static final Bits S2S = bit("S2S", 57);
  public static final Bits S2R = bit("S2R", 58);
  public static final Bits S2HAFT = bit("S2HAFT", 59);
  public static final Bits S2PIE = bit("S2PIE", 60);
  public static final Bits S2POE = bit("S2POE", 61);
  public static final Bits DPT_VMATCH = field("DPT_VMATCH", 63, 62);

  // Word 3.
  public static final Bits S2NSW = bit("S2NSW", 0);
  public static final Bits S2NSA = bit("S2NSA", 1);
  public static final Bits S2SL0_2 = bit("S2SL0_2", 2);
  public static final Bits S2DS = bit("S2DS", 3);
  public static final Bits S2TTB = field("S2TTB", 55, 4);
  public static final Bits S2SKL = field("S2SKL", 62, 61);

  // Word 4.
  public static final Bits IMPDEF_271_256 = field("IMPDEF[271:256]", 15, 0);
  public static final Bits PARTID = field("PARTID", 31, 16);
  public static final Bits S_S2T0SZ = field("S_S2T0SZ", 37, 32);
  public static final Bits S_S2SL0 = field("S_S2SL0", 39, 38);
  public static final Bits S_S2TG = field("S_S2TG", 47, 46);
  public static final Bits MECID = field("MECID", 63, 48);

  // Word 5.
  public static final Bits PMG = field("PMG", 7, 0);
  public static final Bits MPAM_NS = bit("MPAM_NS", 8);
  public static final Bits ASSURED_ONLY = bit("AssuredOnly", 9);
  public static final Bits TL0 = bit("TL0", 10);
  public static final Bits TL1 = bit("TL1", 11);
  public static final Bits VMSPTR = field("VMSPtr", 55, 12);

  // Word 6.
  public static final Bits S2SW = bit("S2SW", 0);
  public static final Bits S2SA = bit("S2SA", 1);
  public static final Bits S_S2SL0_2 = bit("S_S2SL0_2", 2);
  public static final Bits S_S2TTB = field("S_S2TTB", 55, 4);
  public static final Bits S_S2SKL = field("S_S2SKL", 62, 61);

  // Word 7: sixteen 4-bit interpretations, S2POI<p> at [4p+3:4p].
  public static final Bits S2POI = field("S2POI", 63, 0);

  public static final FieldTable TABLE =
      FieldTable.words(StreamTableEntry.WORDS)
          .word(0, V, CONFIG, S1FMT, S1CONTEXTPTR, S1CDMAX)
          .word(1, S1DSS, S1CIR, S1COR, S1CSH, S2HWU59, S2HWU60, S2HWU61, S2HWU62, DRE, CONT, DCP)
          .word(1, PPAR, MEV, SW_RESERVED, S1PIE, S2FWB, S1MPAM, S1STALLD, EATS, STRW, MEMATTR)
          .word(1, MTCFG, ALLOCCFG, SHCFG, NSCFG, PRIVCFG, INSTCFG, IMPDEF_127_116)
          .word(2, S2VMID, IMPDEF_159_144, S2T0SZ, S2SL0, S2IR0, S2OR0, S2SH0, S2TG, S2PS, S2AA64)
          .word(2, S2ENDI, S2AFFD, S2PTW, S2HD, S2HA, S2S, S2R, S2HAFT, S2PIE, S2POE, DPT_VMATCH)
          .word(3, S2NSW, S2NSA, S2SL0_2, S2DS, S2TTB, S2SKL)
          .word(4, IMPDEF_271_256, PARTID, S_S2T0SZ, S_S2SL0, S_S2TG, MECID)
          .word(5, PMG, MPAM_NS, ASSURED_ONLY, TL0, TL1, VMSPTR)
          .word(6, S2SW, S2SA, S_S2SL0_2, S_S2TTB, S_S2SKL)
          .word(7, S2POI)
          .build();

  private SteFields() {}
}
