package io.vsmmu.smmu.rules;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;
import io.vsmmu.smmu.rules.SteRule.As;
import io.vsmmu.smmu.rules.SteRule.BadSte;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.IdRegisters.StallModel;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.StreamTableEntry.Config;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * STEs of the Non-secure Stream table, IHI 0070, 5.2, with the pseudocode SteIllegal() of 5.2.2 for
 * what is ILLEGAL. A field that no rule names counts as written, where the host lets a guest have
 * it ({@link StreamTableEntry#HOST_WORD0_MASK}, {@link StreamTableEntry#HOST_WORD1_MASK}).
 */
public final class SteRules {

  private static final BadSte BAD_STE = new BadSte();
  private static final String VALIDITY = "5.2, 5.2.2";
  private static final int FMT_RESERVED = 3;
  private static final int DSS_RESERVED = 3;
  private static final int SH_RESERVED = 1;
  private static final int EATS_SPLIT_STAGE = 2;
  private static final int EATS_DPT = 3;

  private static final List<SteRule> RULES =
      Stream.of(errors(), changes()).flatMap(List::stream).toList();

  private SteRules() {}

  /**
   * What an STE amounts to.
   *
   * @param illegal whether it is as good as invalid: C_BAD_STE
   * @param effective the STE as it counts: fields without a meaning are 0
   */
  public record Result(boolean illegal, StreamTableEntry effective) {}

  /** The table, in the order in which rules apply; unmodifiable. */
  public static List<SteRule> all() {
    return RULES;
  }

  /** Applies the rules to an STE. Every STE has a result; none makes this method throw. */
  public static Result apply(IdRegisters ids, StreamTableEntry ste) {
    StreamTableEntry effective = ste;
    for (SteRule rule : RULES) {
      if (rule.applies().test(ids, effective)) {
        switch (rule.effect()) {
          case BadSte _ -> {
            return new Result(true, ste);
          }
          case As as -> effective = as.ste().apply(effective);
        }
      }
    }
    return new Result(false, effective);
  }

  private static List<SteRule> errors() {
    return List.of(
        bad("V", "0", "5.2", (_, ste) -> !ste.valid()),
        bad("Config", "0b1x1, IDR0.S1P = 0", VALIDITY, (ids, ste) -> stage1(ste) && !ids.stage1()),
        bad(
            "Config",
            "0b11x, IDR0.S2P = 0",
            VALIDITY,
            (ids, ste) -> config(ste).stage2() && !ids.stage2()),
        bad(
            "EATS",
            "2, Config is 0b101 or 0b110, IDR0.ATS = 1",
            VALIDITY,
            (ids, ste) -> atsCounts(ids, ste) && ste.eats() == EATS_SPLIT_STAGE),
        bad(
            "STRW",
            "0bx1, IDR0.Hyp = 1, Config = 0b101",
            VALIDITY,
            (ids, ste) -> ids.hyp() && config(ste) == Config.STAGE1 && (ste.strw() & 1) == 1),
        bad(
            "EATS",
            "3, IDR3.DPT = 1, STRW is not 0, IDR0.Hyp = 1",
            VALIDITY,
            (ids, ste) ->
                atsCounts(ids, ste)
                    && ids.dpt()
                    && ids.hyp()
                    && ste.eats() == EATS_DPT
                    && ste.strw() != 0),
        bad(
            "S1STALLD",
            "1, Config = 0b1x1, IDR0.STALL_MODEL is not 0",
            VALIDITY,
            (ids, ste) ->
                stage1(ste)
                    && ste.s1StallD()
                    && ids.stallModel() != StallModel.STALL_AND_TERMINATE),
        bad(
            "S1CDMax",
            "above IDR1.SSIDSIZE, which is not 0, Config = 0b1x1",
            VALIDITY,
            (ids, ste) -> stage1(ste) && ids.ssidSize() != 0 && ste.s1CdMax() > ids.ssidSize()),
        bad(
            "S1Fmt",
            "1 or 2, IDR0.CD2L = 0, substreams are enabled",
            "5.2.2 (the prose of S1Fmt says any but 0; the pseudocode spares 3, as it behaves as"
                + " 0)",
            (ids, ste) ->
                substreams(ids, ste)
                    && !ids.cd2l()
                    && ste.s1Fmt() != 0
                    && ste.s1Fmt() != FMT_RESERVED),
        bad(
            "S1ContextPtr",
            "above IDR5.OAS, Config = 0b101",
            "3.4.3, 5.2.2",
            (ids, ste) ->
                config(ste) == Config.STAGE1
                    && ids.truncateToOas(ste.s1ContextPtr()) != ste.s1ContextPtr()));
  }

  private static List<SteRule> changes() {
    return List.of(
        as(
            "reserved bits",
            "set",
            Says.RES0,
            "5",
            "ignored",
            (_, ste) -> ste.reservedBitsSet(),
            SteRules::withoutReservedBits),
        clear(
            "Config",
            "0b001 to 0b011",
            Says.RESERVED,
            "5.2",
            "as 0b000",
            (_, ste) -> config(ste) == Config.ABORT && ste.configBits() != 0,
            0,
            SteFields.CONFIG),
        as(
            "S1Fmt, S1ContextPtr, S1CDMax, S1DSS, S1CIR, S1COR, S1CSH, S1STALLD",
            "Config is not 0b1x1",
            Says.IGNORED,
            "5.2, 5.2.1",
            "ignored",
            (_, ste) -> !stage1(ste) && usesStage1(ste),
            SteRules::withoutStage1),
        clear(
            "S1CDMax",
            "IDR1.SSIDSIZE = 0",
            Says.IGNORED,
            "5.2",
            "as 0",
            (ids, ste) -> ids.ssidSize() == 0 && ste.s1CdMax() != 0,
            0,
            SteFields.S1CDMAX),
        clear(
            "S1Fmt",
            "S1CDMax = 0, or IDR1.SSIDSIZE = 0",
            Says.IGNORED,
            "5.2",
            "as 0",
            (_, ste) -> ste.s1CdMax() == 0 && ste.s1Fmt() != 0,
            0,
            SteFields.S1FMT),
        clear(
            "S1Fmt",
            "3",
            Says.RESERVED,
            "5.2",
            "as 0",
            (_, ste) -> ste.s1Fmt() == FMT_RESERVED,
            0,
            SteFields.S1FMT),
        clear(
            "S1DSS",
            "S1CDMax = 0, or IDR1.SSIDSIZE = 0",
            Says.IGNORED,
            "5.2",
            "as 0",
            (_, ste) -> ste.s1CdMax() == 0 && ste.s1Dss() != 0,
            1,
            SteFields.S1DSS),
        clear(
            "S1DSS",
            "3",
            Says.RESERVED,
            "5.2",
            "as 0",
            (_, ste) -> ste.s1Dss() == DSS_RESERVED,
            1,
            SteFields.S1DSS),
        clear(
            "S1CSH",
            "1",
            Says.RESERVED,
            "5.2",
            "as 0",
            (_, ste) -> ste.s1Csh() == SH_RESERVED,
            1,
            SteFields.S1CSH),
        clear(
            "EATS",
            "IDR0.ATS = 0, or Config = 0bx00",
            Says.IGNORED,
            "5.2",
            "as 0",
            (ids, ste) -> !atsCounts(ids, ste) && ste.eats() != 0,
            1,
            SteFields.EATS),
        clear(
            "EATS",
            "3, IDR3.DPT = 0",
            Says.RESERVED,
            "5.2",
            "as 0",
            (ids, ste) -> ste.eats() == EATS_DPT && !ids.dpt(),
            1,
            SteFields.EATS),
        clear(
            "STRW",
            "IDR0.Hyp = 0, or Config is not 0b101",
            Says.RES0,
            "5.2",
            "as 0",
            (ids, ste) -> (!ids.hyp() || config(ste) != Config.STAGE1) && ste.strw() != 0,
            1,
            SteFields.STRW),
        clear(
            "MTCFG, MemAttr, ALLOCCFG, SHCFG",
            "IDR1.ATTR_TYPES_OVR = 0",
            Says.RES0,
            "5.2",
            "ignored",
            (ids, ste) ->
                !ids.attributeTypesOverride()
                    && (ste.mtCfg()
                        || ste.memAttr() != 0
                        || ste.allocCfg() != 0
                        || ste.shCfg() != 0),
            1,
            SteFields.MTCFG,
            SteFields.MEMATTR,
            SteFields.ALLOCCFG,
            SteFields.SHCFG),
        clear(
            "PRIVCFG, INSTCFG",
            "IDR1.ATTR_PERMS_OVR = 0",
            Says.RES0,
            "5.2",
            "ignored",
            (ids, ste) ->
                !ids.attributePermissionsOverride() && (ste.privCfg() != 0 || ste.instCfg() != 0),
            1,
            SteFields.PRIVCFG,
            SteFields.INSTCFG),
        as(
            "NSCFG, CONT, DRE, DCP, PPAR, MEV, SW_RESERVED, S1PIE, S1MPAM, IMPDEF[127:116]",
            "always",
            Says.IGNORED,
            "5.2",
            "ignored: hints, what only Secure STEs have, and what the host keeps for itself",
            (_, ste) -> (ste.word1() & NOT_OURS) != 0,
            ste -> with(ste, 1, ste.word1() & ~NOT_OURS)),
        as(
            "S2FWB, S2HWU59, S2HWU60, S2HWU61, S2HWU62, and words 2 to 7",
            "Config is not 0b11x",
            Says.IGNORED,
            "5.2",
            "ignored",
            (_, ste) -> !config(ste).stage2() && usesStage2(ste),
            SteRules::withoutStage2));
  }

  private static final long NOT_OURS =
      mask(
          SteFields.NSCFG,
          SteFields.CONT,
          SteFields.DRE,
          SteFields.DCP,
          SteFields.PPAR,
          SteFields.MEV,
          SteFields.SW_RESERVED,
          SteFields.S1PIE,
          SteFields.S1MPAM,
          SteFields.IMPDEF_127_116);

  private static final long STAGE_1_WORD1 =
      mask(SteFields.S1DSS, SteFields.S1CIR, SteFields.S1COR, SteFields.S1CSH, SteFields.S1STALLD);

  private static final long STAGE_1_WORD0 =
      mask(SteFields.S1FMT, SteFields.S1CONTEXTPTR, SteFields.S1CDMAX);

  private static final long STAGE_2_WORD1 =
      mask(
          SteFields.S2FWB,
          SteFields.S2HWU59,
          SteFields.S2HWU60,
          SteFields.S2HWU61,
          SteFields.S2HWU62);

  private static long mask(Bits... fields) {
    long mask = 0;
    for (Bits field : fields) {
      mask |= field.mask();
    }
    return mask;
  }

  private static Config config(StreamTableEntry ste) {
    return ste.config();
  }

  private static boolean stage1(StreamTableEntry ste) {
    return ste.config().stage1();
  }

  private static boolean substreams(IdRegisters ids, StreamTableEntry ste) {
    return stage1(ste) && ids.ssidSize() != 0 && ste.s1CdMax() != 0;
  }

  /** Whether STE.EATS has an effect (IHI 0070, 5.2). */
  private static boolean atsCounts(IdRegisters ids, StreamTableEntry ste) {
    return ids.ats() && (ste.configBits() & 0b11) != 0 && config(ste) != Config.ABORT;
  }

  private static boolean usesStage1(StreamTableEntry ste) {
    return (ste.word0() & STAGE_1_WORD0) != 0 || (ste.word1() & STAGE_1_WORD1) != 0;
  }

  private static boolean usesStage2(StreamTableEntry ste) {
    return (ste.word1() & STAGE_2_WORD1) != 0
        || (ste.word2() | ste.word3() | ste.word4() | ste.word5() | ste.word6() | ste.word7()) != 0;
  }

  private static StreamTableEntry withoutStage2(StreamTableEntry ste) {
    return StreamTableEntry.ofTwoWords(ste.word0(), ste.word1() & ~STAGE_2_WORD1);
  }

  private static StreamTableEntry withoutReservedBits(StreamTableEntry ste) {
    FieldTable table = SteFields.TABLE;
    long[] words = ste.words();
    for (int i = 0; i < words.length; i++) {
      words[i] &= ~table.reservedMask(i);
    }
    return StreamTableEntry.of(words);
  }

  private static StreamTableEntry withoutStage1(StreamTableEntry ste) {
    StreamTableEntry cleared = with(ste, 0, ste.word0() & ~STAGE_1_WORD0);
    return with(cleared, 1, ste.word1() & ~STAGE_1_WORD1);
  }

  private static SteRule bad(
      String field,
      String when,
      String section,
      BiPredicate<IdRegisters, StreamTableEntry> applies) {
    return new SteRule(field, when, Says.ILLEGAL, section, applies, BAD_STE);
  }

  private static SteRule clear(
      String field,
      String when,
      Says says,
      String section,
      String text,
      BiPredicate<IdRegisters, StreamTableEntry> applies,
      int word,
      Bits... fields) {
    long mask = mask(fields);
    return as(
        field,
        when,
        says,
        section,
        text,
        applies,
        ste -> with(ste, word, ste.words()[word] & ~mask));
  }

  private static SteRule as(
      String field,
      String when,
      Says says,
      String section,
      String text,
      BiPredicate<IdRegisters, StreamTableEntry> applies,
      UnaryOperator<StreamTableEntry> effect) {
    return new SteRule(field, when, says, section, applies, new As(text, effect));
  }

  private static StreamTableEntry with(StreamTableEntry ste, int word, long value) {
    long[] words = ste.words();
    words[word] = value;
    return StreamTableEntry.of(words);
  }
}
