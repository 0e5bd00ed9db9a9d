package io.vsmmu.smmu.rules;

import static io.vsmmu.smmu.spec.CommandFields.ADDRESS1;
import static io.vsmmu.smmu.spec.CommandFields.ASID;
import static io.vsmmu.smmu.spec.CommandFields.ATC_SIZE1;
import static io.vsmmu.smmu.spec.CommandFields.CS;
import static io.vsmmu.smmu.spec.CommandFields.GLOBAL;
import static io.vsmmu.smmu.spec.CommandFields.MSH;
import static io.vsmmu.smmu.spec.CommandFields.MSI_ADDRESS1;
import static io.vsmmu.smmu.spec.CommandFields.MSI_ATTR;
import static io.vsmmu.smmu.spec.CommandFields.MSI_DATA;
import static io.vsmmu.smmu.spec.CommandFields.NUM;
import static io.vsmmu.smmu.spec.CommandFields.RESP1;
import static io.vsmmu.smmu.spec.CommandFields.SCALE;
import static io.vsmmu.smmu.spec.CommandFields.SSEC;
import static io.vsmmu.smmu.spec.CommandFields.SSV;
import static io.vsmmu.smmu.spec.CommandFields.STREAM_ID;
import static io.vsmmu.smmu.spec.CommandFields.SUBSTREAM_ID;
import static io.vsmmu.smmu.spec.CommandFields.TG1;
import static io.vsmmu.smmu.spec.CommandFields.TTL1;
import static io.vsmmu.smmu.spec.CommandFields.TTL128_1;
import static io.vsmmu.smmu.spec.CommandFields.VMID;
import static io.vsmmu.smmu.spec.CommandOpcode.ATC_INV;
import static io.vsmmu.smmu.spec.CommandOpcode.CFGI_CD;
import static io.vsmmu.smmu.spec.CommandOpcode.CFGI_CD_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.CFGI_STE;
import static io.vsmmu.smmu.spec.CommandOpcode.CFGI_STE_RANGE;
import static io.vsmmu.smmu.spec.CommandOpcode.CFGI_VMS_PIDM;
import static io.vsmmu.smmu.spec.CommandOpcode.DPTI_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.DPTI_PA;
import static io.vsmmu.smmu.spec.CommandOpcode.PREFETCH_ADDR;
import static io.vsmmu.smmu.spec.CommandOpcode.PREFETCH_CONFIG;
import static io.vsmmu.smmu.spec.CommandOpcode.PRI_RESP;
import static io.vsmmu.smmu.spec.CommandOpcode.RESUME;
import static io.vsmmu.smmu.spec.CommandOpcode.STALL_TERM;
import static io.vsmmu.smmu.spec.CommandOpcode.SYNC;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL2_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL2_ASID;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL2_VA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL2_VAA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL3_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_EL3_VA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_NH_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_NH_ASID;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_NH_VA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_NH_VAA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S12_VMALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S2_IPA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_SNH_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_EL2_ALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_EL2_ASID;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_EL2_VA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_EL2_VAA;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_S12_VMALL;
import static io.vsmmu.smmu.spec.CommandOpcode.TLBI_S_S2_IPA;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.rules.CommandRule.As;
import io.vsmmu.smmu.rules.CommandRule.Illegal;
import io.vsmmu.smmu.rules.CommandRule.NoEffect;
import io.vsmmu.smmu.spec.AtsCommand;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.IdRegisters.StallModel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The commands of the Non-secure Command queue, IHI 0070, chapter 4. A field that no rule names
 * counts as written.
 *
 * <p>Rules that change a command come first, in the order of the table, then those that make it an
 * error, then those that take its effect: an error comes before IGNORED (4.1.3).
 */
public final class CommandRules {

  private static final String ALWAYS = "always";
  private static final String OPCODE = "Opcode";
  static final NoEffect NOTHING = new NoEffect();
  private static final int TG_16KB = 2;
  private static final int RESP_RESERVED = 3;
  private static final int CS_RESERVED = 3;
  private static final int CS_IRQ = 1;
  private static final int SH_RESERVED = 1;
  private static final int BYTE = 0xff;

  private static final Set<CommandOpcode> WITH_SSEC =
      EnumSet.of(
          PREFETCH_CONFIG,
          PREFETCH_ADDR,
          CFGI_STE,
          CFGI_STE_RANGE,
          CFGI_CD,
          CFGI_CD_ALL,
          CFGI_VMS_PIDM,
          RESUME,
          STALL_TERM);
  private static final Set<CommandOpcode> STAGE_1 =
      EnumSet.of(CFGI_CD, CFGI_CD_ALL, TLBI_NH_ALL, TLBI_NH_ASID, TLBI_NH_VA, TLBI_NH_VAA);
  private static final Set<CommandOpcode> NH =
      EnumSet.of(TLBI_NH_ALL, TLBI_NH_ASID, TLBI_NH_VA, TLBI_NH_VAA);
  private static final Set<CommandOpcode> EL2 =
      EnumSet.of(TLBI_EL2_ALL, TLBI_EL2_ASID, TLBI_EL2_VA, TLBI_EL2_VAA);
  private static final Set<CommandOpcode> STAGE_2 = EnumSet.of(TLBI_S12_VMALL, TLBI_S2_IPA);
  private static final Set<CommandOpcode> SECURE =
      EnumSet.of(
          TLBI_EL3_ALL,
          TLBI_EL3_VA,
          TLBI_S_EL2_ALL,
          TLBI_S_EL2_ASID,
          TLBI_S_EL2_VA,
          TLBI_S_EL2_VAA,
          TLBI_S_S12_VMALL,
          TLBI_S_S2_IPA,
          TLBI_SNH_ALL);

  /** The Secure ones among them are errors here whatever their range. */
  private static final Set<CommandOpcode> RANGES =
      EnumSet.of(TLBI_NH_VA, TLBI_NH_VAA, TLBI_EL2_VA, TLBI_EL2_VAA, TLBI_S2_IPA);

  private static final Set<CommandOpcode> ATS = EnumSet.of(ATC_INV, PRI_RESP);
  private static final Set<CommandOpcode> WITH_STREAM =
      EnumSet.of(
          PREFETCH_CONFIG,
          PREFETCH_ADDR,
          CFGI_STE,
          CFGI_CD,
          CFGI_CD_ALL,
          ATC_INV,
          PRI_RESP,
          RESUME,
          STALL_TERM);
  private static final Set<CommandOpcode> WITH_SSV =
      EnumSet.of(PREFETCH_CONFIG, PREFETCH_ADDR, ATC_INV, PRI_RESP);

  private static final Bits SCALE_BIT_25 = Bits.bit("SCALE[5]", 25);

  private static final List<CommandRule> RULES =
      Stream.of(changes(), errors(), withoutEffect()).flatMap(List::stream).toList();

  private static final Map<CommandOpcode, List<CommandRule>> BY_OPCODE = byOpcode();

  private CommandRules() {}

  /** The outcome of all rules for one command, in the words of the table. */
  public sealed interface Result permits Illegal, NoEffect, Effective {}

  /**
   * The command has its effect.
   *
   * @param entry the command as it counts: fields without a meaning are 0
   */
  public record Effective(CommandEntry entry) implements Result {}

  /** The table, in the order in which rules apply; unmodifiable. */
  public static List<CommandRule> all() {
    return RULES;
  }

  /** Applies the rules to an entry. Every entry has a result; none makes this method throw. */
  public static Result apply(CommandFacts facts, CommandEntry entry) {
    CommandOpcode opcode = entry.command().orElse(null);
    if (opcode == null) {
      return new Illegal(entry.name() + " is a Reserved opcode (IHI 0070, 4.1.1)");
    }
    CommandEntry effective = entry.withoutReservedBits();
    boolean counts = true;
    for (CommandRule rule : BY_OPCODE.getOrDefault(opcode, List.of())) {
      if (rule.applies().test(facts, effective)) {
        switch (rule.effect()) {
          case As as -> effective = as.entry().apply(effective);
          case Illegal illegal -> {
            return illegal(entry, rule, illegal);
          }
          case NoEffect _ -> counts = false;
        }
      }
    }
    return counts ? new Effective(effective) : NOTHING;
  }

  private static Illegal illegal(CommandEntry entry, CommandRule rule, Illegal illegal) {
    return new Illegal(
        "%s %s (IHI 0070, %s)".formatted(entry.name(), illegal.reason(), rule.section()));
  }

  private static List<CommandRule> changes() {
    return List.of(
        new CommandRule(
            WITH_SSV,
            "SSV",
            "SSV = 1, IDR1.SSIDSIZE = 0",
            Says.CONSTRAINED_UNPREDICTABLE,
            "4.2, 4.5.1, 4.5.2",
            (facts, it) -> SSV.isSet(it.word0()) && facts.ids().ssidSize() == 0,
            as("as SSV = 0", SSV)),
        new CommandRule(
            WITH_SSV,
            "SubstreamID",
            "SSV = 0",
            Says.IGNORED,
            "4.1.6, 4.2, 4.5.1, 4.5.2",
            (_, it) -> !SSV.isSet(it.word0()) && SUBSTREAM_ID.isSet(it.word0()),
            as("ignored", SUBSTREAM_ID)),
        new CommandRule(
            EnumSet.of(ATC_INV),
            "Global",
            "SSV = 0",
            Says.IGNORED,
            "4.5.1",
            (_, it) -> !SSV.isSet(it.word0()) && GLOBAL.isSet(it.word0()),
            as("ignored", GLOBAL)),
        new CommandRule(
            EnumSet.of(ATC_INV),
            "Address",
            "bits below 12 + Size",
            Says.IGNORED,
            "4.5.1",
            (_, it) -> (it.word1() & belowSpan(it)) != 0,
            new As(
                "taken as zero", it -> new CommandEntry(it.word0(), it.word1() & ~belowSpan(it)))),
        new CommandRule(
            RANGES,
            "NUM, SCALE, TG, TTL",
            "IDR3.RIL = 0",
            Says.RES0,
            "4.4.1.1",
            (facts, it) -> !facts.ids().rangeInvalidation() && usesRange(it),
            as("ignored", NUM, SCALE, TG1, TTL1, TTL128_1)),
        new CommandRule(
            RANGES,
            "NUM, SCALE, TTL",
            "TG = 0",
            Says.RES0,
            "4.4.1.1",
            (_, it) -> TG1.get(it.word1()) == 0 && usesRange(it),
            as("ignored", NUM, SCALE, TTL1, TTL128_1)),
        new CommandRule(
            RANGES,
            "SCALE",
            "bit 25, IDR5.DS = 0",
            Says.RES0,
            "4.4.1.1",
            (facts, it) -> !facts.ids().ds() && SCALE_BIT_25.isSet(it.word0()),
            as("ignored", SCALE_BIT_25)),
        new CommandRule(
            RANGES,
            "TTL",
            "TTL = 1, TG = 2 (16KB), IDR5.DS = 0",
            Says.RESERVED,
            "4.4.1.1",
            (facts, it) ->
                !facts.ids().ds() && TG1.get(it.word1()) == TG_16KB && TTL1.get(it.word1()) == 1,
            as("as TTL = 0", TTL1)),
        new CommandRule(
            RANGES,
            "TTL128",
            "IDR5.D128 = 0, or TTL = 0",
            Says.RES0,
            "4.4.1.1",
            (facts, it) ->
                TTL128_1.isSet(it.word1()) && (!facts.ids().d128() || TTL1.get(it.word1()) == 0),
            as("ignored", TTL128_1)),
        new CommandRule(
            NH,
            "VMID",
            "IDR0.S2P = 0",
            Says.RES0,
            "4.4.2",
            (facts, it) -> !facts.ids().stage2() && VMID.isSet(it.word0()),
            as("ignored: the host has its own", VMID)),
        new CommandRule(
            EnumSet.of(TLBI_NH_ASID, TLBI_NH_VA, TLBI_EL2_ASID, TLBI_EL2_VA),
            "ASID",
            "bits above 8, IDR0.ASID16 = 0",
            Says.RES0,
            "4.4",
            (facts, it) -> !facts.ids().asid16() && ASID.get(it.word0()) > BYTE,
            new As("as written: it need not match anything", UnaryOperator.identity())),
        new CommandRule(
            EnumSet.of(SYNC),
            "MSIAddress, MSIData, MSIAttr, MSH",
            "CS is not 1 (SIG_IRQ), or IDR0.MSI = 0",
            Says.IGNORED,
            "4.7.3",
            (facts, it) ->
                (CS.get(it.word0()) != CS_IRQ || !facts.ids().msi())
                    && (MSI_ADDRESS1.isSet(it.word1())
                        || MSI_DATA.isSet(it.word0())
                        || MSI_ATTR.isSet(it.word0())
                        || MSH.isSet(it.word0())),
            new As(
                "ignored",
                it ->
                    new CommandEntry(
                        cleared(it.word0(), MSI_DATA, MSI_ATTR, MSH),
                        MSI_ADDRESS1.set(it.word1(), 0)))),
        new CommandRule(
            EnumSet.of(SYNC),
            "MSH",
            "1",
            Says.RESERVED,
            "4.7.3",
            (_, it) -> MSH.get(it.word0()) == SH_RESERVED,
            as("as 0", MSH)));
  }

  private static List<CommandRule> errors() {
    return List.of(
        illegal(
            WITH_SSEC,
            "SSec",
            "1",
            Says.ILLEGAL,
            "4.1.6",
            (_, it) -> SSEC.isSet(it.word0()),
            "with SSEC on the Non-secure queue"),
        illegal(
            SECURE,
            OPCODE,
            ALWAYS,
            "4.4.2, 4.4.3, 4.4.4",
            _ -> true,
            "is a Secure command, on the Non-secure queue"),
        needs(STAGE_1, IdField.S1P, IdRegisters::stage1, "4.3.3, 4.3.4, 4.4.2"),
        needs(EL2, IdField.HYP, IdRegisters::hyp, "4.4.2"),
        needs(STAGE_2, IdField.S2P, IdRegisters::stage2, "4.4.3"),
        needs(EnumSet.of(CFGI_VMS_PIDM), IdField.MPAM, IdRegisters::mpam, "4.3.5"),
        needs(EnumSet.of(DPTI_ALL, DPTI_PA), IdField.DPT, IdRegisters::dpt, "4.6"),
        needs(EnumSet.of(ATC_INV), IdField.ATS, IdRegisters::ats, "4.5.1"),
        needs(EnumSet.of(PRI_RESP), IdField.PRI, IdRegisters::pri, "4.5.2"),
        illegal(
            EnumSet.of(RESUME, STALL_TERM),
            OPCODE,
            "IDR0.STALL_MODEL = 1",
            "4.7.1, 4.7.2",
            ids -> ids.stallModel() == StallModel.TERMINATE_ONLY,
            "needs a stall model, and IDR0.STALL_MODEL has none"),
        illegal(
            RANGES,
            "NUM, SCALE, TTL",
            "all 0, TG is not 0",
            Says.ILLEGAL,
            "4.4.1.1",
            (_, it) ->
                TG1.get(it.word1()) != 0
                    && NUM.get(it.word0()) == 0
                    && SCALE.get(it.word0()) == 0
                    && TTL1.get(it.word1()) == 0,
            "with a granule but neither a range nor a level"),
        illegal(
            EnumSet.of(ATC_INV),
            "Size",
            "above 52",
            Says.MAY_BE_ILLEGAL,
            "4.5.1",
            (_, it) -> ATC_SIZE1.get(it.word1()) > AtsCommand.AtcInvalidate.SIZE_ALL,
            "with a Size beyond 52"),
        illegal(
            EnumSet.of(PRI_RESP),
            "Resp",
            "3",
            Says.ILLEGAL,
            "4.5.2",
            (_, it) -> RESP1.get(it.word1()) == RESP_RESERVED,
            "with reserved Resp 3"),
        illegal(
            EnumSet.of(SYNC),
            "CS",
            "3",
            Says.ILLEGAL,
            "4.7.3",
            (_, it) -> CS.get(it.word0()) == CS_RESERVED,
            "with reserved CS 3"));
  }

  private static List<CommandRule> withoutEffect() {
    return List.of(
        new CommandRule(
            WITH_STREAM,
            "StreamID",
            "2^IDR1.SIDSIZE and above",
            Says.CONSTRAINED_UNPREDICTABLE,
            "4.1.7",
            (facts, it) -> STREAM_ID.get(it.word0()) >>> facts.ids().sidSize() != 0,
            NOTHING),
        new CommandRule(
            EnumSet.of(CFGI_CD),
            "SubstreamID",
            "2^IDR1.SSIDSIZE and above",
            Says.CONSTRAINED_UNPREDICTABLE,
            "4.3.3, 4.1.7",
            CommandRules::substreamOutOfRange,
            NOTHING),
        new CommandRule(
            WITH_SSV,
            "SubstreamID",
            "SSV = 1, 2^IDR1.SSIDSIZE and above",
            Says.CONSTRAINED_UNPREDICTABLE,
            "4.1.7",
            (facts, it) -> SSV.isSet(it.word0()) && substreamOutOfRange(facts, it),
            NOTHING),
        new CommandRule(
            ATS,
            OPCODE,
            "CR0.SMMUEN = 0",
            Says.IGNORED,
            "4.5.1, 4.5.2, 6.3.9.6",
            (facts, _) -> !facts.enabled(),
            NOTHING),
        new CommandRule(
            EnumSet.of(PREFETCH_CONFIG, PREFETCH_ADDR),
            OPCODE,
            ALWAYS,
            Says.IMPLEMENTATION_DEFINED,
            "4.2.1, 4.2.2",
            (_, _) -> true,
            NOTHING));
  }

  private static boolean substreamOutOfRange(CommandFacts facts, CommandEntry it) {
    return SUBSTREAM_ID.get(it.word0()) >>> facts.ids().ssidSize() != 0;
  }

  private static boolean usesRange(CommandEntry it) {
    return NUM.isSet(it.word0())
        || SCALE.isSet(it.word0())
        || TG1.isSet(it.word1())
        || TTL1.isSet(it.word1())
        || TTL128_1.isSet(it.word1());
  }

  /** The bits of ATC_INV's Address within its span. */
  private static long belowSpan(CommandEntry it) {
    long size = ATC_SIZE1.get(it.word1());
    long below = size >= AtsCommand.AtcInvalidate.SIZE_ALL ? -1L : (1L << (12 + size)) - 1;
    return below & ADDRESS1.mask();
  }

  private static As as(String text, Bits... fields) {
    return new As(text, it -> cleared(it, fields));
  }

  /** Without these fields: TG, TTL and TTL128 of word 1, the others of word 0. */
  private static CommandEntry cleared(CommandEntry it, Bits... fields) {
    long word0 = it.word0();
    long word1 = it.word1();
    for (Bits field : fields) {
      if (inWord1(field)) {
        word1 = field.set(word1, 0);
      } else {
        word0 = field.set(word0, 0);
      }
    }
    return new CommandEntry(word0, word1);
  }

  private static boolean inWord1(Bits field) {
    return field.equals(TG1) || field.equals(TTL1) || field.equals(TTL128_1);
  }

  private static long cleared(long word, Bits... fields) {
    long result = word;
    for (Bits field : fields) {
      result = field.set(result, 0);
    }
    return result;
  }

  /** The command is an error on an SMMU whose ID registers have 0 in this field. */
  private static CommandRule needs(
      Set<CommandOpcode> commands,
      IdField field,
      Predicate<IdRegisters> supported,
      String section) {
    return illegal(
        commands,
        OPCODE,
        field.fullName() + " = 0",
        section,
        supported.negate(),
        "needs " + field.fullName() + ", which is 0");
  }

  private static CommandRule illegal(
      Set<CommandOpcode> commands,
      String field,
      String when,
      String section,
      Predicate<IdRegisters> lacking,
      String reason) {
    return illegal(
        commands,
        field,
        when,
        Says.ILLEGAL,
        section,
        (facts, _) -> lacking.test(facts.ids()),
        reason);
  }

  private static CommandRule illegal(
      Set<CommandOpcode> commands,
      String field,
      String when,
      Says says,
      String section,
      BiPredicate<CommandFacts, CommandEntry> applies,
      String reason) {
    return new CommandRule(commands, field, when, says, section, applies, new Illegal(reason));
  }

  private static Map<CommandOpcode, List<CommandRule>> byOpcode() {
    Map<CommandOpcode, List<CommandRule>> map = new EnumMap<>(CommandOpcode.class);
    for (CommandRule rule : RULES) {
      for (CommandOpcode opcode : rule.commands()) {
        map.computeIfAbsent(opcode, _ -> new ArrayList<>()).add(rule);
      }
    }
    return map;
  }
}
