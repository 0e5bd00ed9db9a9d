package io.vsmmu.differential;

import static io.vsmmu.differential.Step.Write.of;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.CdFields;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SteFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rows of docs/conformance.md whose rule can be shown by programs on both machines. */
final class ConformanceCases {

  /** The differences that every program shows. */
  static final Set<KnownDifference> EVERYWHERE =
      EnumSet.of(KnownDifference.STAGE_2_SHOWN, KnownDifference.PERIPHERAL_ID);

  private static final int SMMUEN = 1;
  private static final int EVENTQEN = 4;
  private static final int CMDQEN = 8;
  private static final int ALL = SMMUEN | EVENTQEN | CMDQEN;
  private static final int DEVICE = 0x10;
  private static final int QUEUE_LOG2 = 4;
  private static final int TABLE_LOG2 = 8;
  private static final int TWO_LEVELS = 1 << 16 | 6 << 6 | 10;
  private static final int WHOLE_TABLE = 31;

  /**
   * A row of the page.
   *
   * @param rule the row's first cell
   * @param programs the programs that show the rule
   * @param shows all differences that they show, except {@link #EVERYWHERE}
   */
  record Case(String rule, List<Program> programs, Set<KnownDifference> shows) {

    /** The text of the row's column for QEMU in docs/conformance.md. */
    String cell() {
      return shows.isEmpty()
          ? "the same"
          : shows.stream().map(KnownDifference::qemu).collect(Collectors.joining("; "));
    }
  }

  private ConformanceCases() {}

  /** Every row that can be measured, in the order of the page. */
  static List<Case> all() {
    return Stream.of(registers(), commandQueue(), streams(), eventQueue())
        .flatMap(List::stream)
        .toList();
  }

  /** Further cases, for which the page has no row. */
  static List<Case> more() {
    return List.of(
        row(
            "a linear Stream table at an odd multiple of half its size",
            List.of(
                program(
                    queues(ALL & ~SMMUEN),
                    table(Structures.STE_CONFIG_BYPASS),
                    of(
                        Register.STRTAB_BASE,
                        GuestMemoryMap.STREAM_TABLE + (1L << (TABLE_LOG2 + 5))),
                    of(Register.CR0, ALL),
                    dma()))),
        row("a Reserved Span, and one above SPLIT", List.of(twoLevels(12), twoLevels(8))),
        row(
            "a stage 2 STE whose fields are valid",
            List.of(program(queues(ALL), table(0), store(stage2()), cfgi(), dma())),
            KnownDifference.STAGE_2_STE),
        row(
            "a CD with a Reserved IPS",
            List.of(
                program(
                    queues(ALL),
                    table(Structures.STE_CONFIG_STAGE1),
                    new Step.Store(
                        GuestMemoryMap.CONTEXTS,
                        Structures.words(CdFields.IPS.set(Structures.cd()[0], 7))),
                    dma())),
            KnownDifference.RESERVED_IPS_ENDS_QEMU),
        row(
            "an STE that changes without an invalidation",
            List.of(
                program(
                    queues(ALL),
                    table(Structures.STE_CONFIG_BYPASS),
                    store(Structures.ste(Structures.STE_CONFIG_ABORT, 0)),
                    dma())),
            KnownDifference.CONFIGURATION_CACHED),
        row(
            "a Stream table that was 2-level",
            List.of(
                program(
                    queues(ALL & ~SMMUEN),
                    of(Register.STRTAB_BASE_CFG, TWO_LEVELS),
                    of(Register.STRTAB_BASE_CFG, TABLE_LOG2),
                    table(Structures.STE_CONFIG_BYPASS),
                    of(Register.CR0, ALL),
                    dma())),
            KnownDifference.TWO_LEVELS_STICK));
  }

  private static long[] stage2() {
    long[] ste = Structures.ste(Structures.STE_CONFIG_STAGE2, 0);
    ste[2] = SteFields.S2T0SZ.set(ste[2], 25);
    ste[2] = SteFields.S2SL0.set(ste[2], 1);
    ste[2] = SteFields.S2PS.set(ste[2], 4);
    ste[2] = SteFields.S2AA64.set(ste[2], 1);
    ste[2] = SteFields.S2R.set(ste[2], 1);
    ste[3] = SteFields.S2TTB.inPlace(GuestMemoryMap.TRANSLATION_TABLES);
    return ste;
  }

  private static List<Case> registers() {
    return List.of(
        row(
            "32-bit writes to halves of 64-bit registers",
            program(
                half(Register.CMDQ_BASE, 0, GuestMemoryMap.COMMANDS | QUEUE_LOG2),
                half(Register.CMDQ_BASE, 4, 1L << 30),
                half(Register.STRTAB_BASE, 0, GuestMemoryMap.STREAM_TABLE),
                half(Register.STRTAB_BASE, 4, 1L << 30))),
        row(
            "other widths, offsets, alignments",
            List.of(
                program(
                    new Step.Write(Register.CR2.offset(), 1, 7),
                    new Step.Write(Register.CR2.offset(), 2, 7),
                    new Step.Read(Register.CR2.offset(), 2),
                    new Step.Write(Register.CR1.offset(), 8, -1)),
                program(new Step.Write(Register.CR2.offset() | QemuWords.PAGE_1, 4, 7)),
                program(new Step.Write(Register.STRTAB_BASE.offset() + 4, 8, 7L << 32 | 1 << 30))),
            KnownDifference.PAGE_1_IS_PAGE_0,
            KnownDifference.UNALIGNED_IN_TWO_HALVES),
        row(
            "read-only registers",
            program(
                of(Register.IDR0, -1),
                of(Register.CR0ACK, 9),
                of(Register.GERROR, 1),
                of(Register.STATUSR, 1),
                of(Register.IRQ_CTRLACK, 1))),
        row(
            "registers of absent features",
            List.of(
                program(
                    of(Register.PRIQ_BASE, GuestMemoryMap.EVENTS),
                    of(Register.AGBPA, 1),
                    of(Register.GERROR_IRQ_CFG0, GuestMemoryMap.TARGET),
                    of(Register.EVENTQ_IRQ_CFG1, 7))),
            KnownDifference.MSI_REGISTERS_WITHOUT_MSI),
        row(
            "bits of features that are not shown",
            List.of(program(of(Register.CR2, 0xF), of(Register.GERRORN, -1))),
            KnownDifference.RES0_READ_BACK),
        row(
            "addresses above the OAS",
            List.of(program(of(Register.STRTAB_BASE, 1L << 50))),
            KnownDifference.ADDRESS_ABOVE_OAS_KEPT),
        row(
            "index bits that a queue's size leaves unused",
            List.of(
                program(
                    of(Register.CMDQ_BASE, GuestMemoryMap.COMMANDS | QUEUE_LOG2),
                    of(Register.CMDQ_CONS, 0x100),
                    of(Register.CMDQ_PROD, 0x100))),
            KnownDifference.INDEX_ABOVE_WRAP_KEPT),
        row(
            "CR0ACK",
            List.of(program(queues(0), of(Register.CR0, -1))),
            KnownDifference.RES0_READ_BACK,
            KnownDifference.ACK_OF_ABSENT_FEATURES),
        row(
            "IRQ_CTRLACK",
            List.of(program(of(Register.IRQ_CTRL, 5), of(Register.IRQ_CTRL, 0xFF))),
            KnownDifference.RES0_READ_BACK,
            KnownDifference.ACK_OF_ABSENT_FEATURES),
        row(
            "registers guarded by an enable bit",
            List.of(
                program(
                    queues(ALL),
                    of(Register.STRTAB_BASE, GuestMemoryMap.STREAM_TABLE_2),
                    of(Register.STRTAB_BASE_CFG, 4),
                    of(Register.CMDQ_BASE, GuestMemoryMap.EVENTS | QUEUE_LOG2),
                    of(Register.EVENTQ_BASE, GuestMemoryMap.COMMANDS | QUEUE_LOG2),
                    of(Register.EVENTQ_PROD, 3))),
            KnownDifference.LOCKED_REGISTERS_TAKEN),
        row(
            "CR1 attributes",
            List.of(program(queues(ALL), of(Register.CR1, 0xFFF))),
            KnownDifference.CR1_TAKEN),
        row(
            "CMDQ_CONS writable",
            List.of(
                program(
                    queues(0),
                    of(Register.CMDQ_CONS, 3),
                    of(Register.CMDQ_PROD, 3),
                    of(Register.CR0, CMDQEN),
                    of(Register.CMDQ_CONS, 2))),
            KnownDifference.LOCKED_REGISTERS_TAKEN),
        row(
            "GBPA without Update",
            program(of(Register.GBPA, 0x10_0000), dma(), of(Register.GBPA, 0x10_1000), dma())),
        row(
            "GBPA with Update",
            program(
                of(Register.GBPA, 0x8010_0000L), dma(), of(Register.GBPA, 0x8000_0000L), dma())),
        row(
            "GBPA while SMMUEN=1",
            program(
                queues(ALL),
                table(Structures.STE_CONFIG_BYPASS),
                of(Register.GBPA, 0x8010_0000L),
                dma(),
                of(Register.CR0, CMDQEN),
                dma())),
        row(
            "SMMUEN 0 to 1",
            program(
                queues(CMDQEN | EVENTQEN),
                table(Structures.STE_CONFIG_ABORT),
                dma(),
                of(Register.CR0, ALL),
                dma())),
        row(
            "SMMUEN 1 to 0",
            program(
                queues(ALL),
                table(Structures.STE_CONFIG_ABORT),
                dma(),
                of(Register.CR0, CMDQEN | EVENTQEN),
                dma())),
        row(
            "reset",
            List.of(
                program(
                    of(Register.CR1, 0xD75),
                    queues(ALL),
                    table(Structures.STE_CONFIG_ABORT),
                    dma(),
                    new Step.Reset(),
                    dma())),
            KnownDifference.QUEUE_SIZE_AFTER_RESET,
            KnownDifference.RESET_KEEPS_REGISTERS));
  }

  private static List<Case> commandQueue() {
    return List.of(
        row(
            "CMDQEN 0 to 1",
            program(
                queues(0),
                commands(CommandEntries.sync(), CommandEntries.sync()),
                of(Register.CR0, CMDQEN))),
        row(
            "LOG2SIZE above IDR1.CMDQS",
            program(of(Register.CMDQ_BASE, 31), of(Register.CMDQ_BASE, 20))),
        row(
            "wrap bit",
            program(queues(CMDQEN), commands(syncs(12)), commands(syncs(12)), commands(syncs(12)))),
        row(
            "PROD and CONS out of step",
            List.of(
                program(
                    queues(0),
                    of(Register.CMDQ_PROD, 0),
                    of(Register.CMDQ_CONS, 3),
                    of(Register.CR0, CMDQEN))),
            KnownDifference.PROD_OUT_OF_STEP),
        row(
            "illegal command",
            program(
                queues(CMDQEN),
                commands(CommandEntries.sync(), CommandEntries.of(0xFF), CommandEntries.sync()))),
        row(
            "entry that cannot be read",
            program(
                queues(0),
                of(Register.CMDQ_BASE, GuestMemoryMap.NOWHERE | QUEUE_LOG2),
                of(Register.CR0, CMDQEN),
                commands(CommandEntries.sync()))),
        row(
            "GERRORN acknowledges",
            List.of(
                program(
                    queues(CMDQEN),
                    commands(CommandEntries.of(0xFF), CommandEntries.sync()),
                    new Step.Store(GuestMemoryMap.COMMANDS, CommandEntries.sync().toBytes()),
                    new Step.AcknowledgeErrors())),
            KnownDifference.CMDQ_ERR_CODE_UNKNOWN),
        row(
            "PREFETCH_CONFIG, PREFETCH_ADDR",
            program(
                queues(CMDQEN),
                commands(
                    CommandEntries.of(CommandOpcode.PREFETCH_CONFIG),
                    CommandEntries.of(CommandOpcode.PREFETCH_ADDR)))),
        row(
            "a granule with neither range nor level",
            List.of(
                program(
                    queues(CMDQEN),
                    commands(
                        CommandEntries.with1(
                            CommandEntries.of(CommandOpcode.TLBI_NH_VA), CommandFields.TG1, 1)))),
            KnownDifference.RESERVED_RANGE_CONSUMED),
        row(
            "reserved range fields and levels",
            program(
                queues(CMDQEN),
                commands(
                    CommandEntries.with0(
                        CommandEntries.of(CommandOpcode.TLBI_NH_VAA), CommandFields.NUM, 1),
                    CommandEntries.with0(
                        CommandEntries.with1(
                            CommandEntries.with1(
                                CommandEntries.of(CommandOpcode.TLBI_NH_VA), CommandFields.TG1, 2),
                            CommandFields.TTL1,
                            1),
                        CommandFields.NUM,
                        1)))),
        row(
            "CFGI_CD beyond SSIDSIZE",
            program(
                queues(CMDQEN),
                commands(
                    CommandEntries.with0(
                        CommandEntries.with0(
                            CommandEntries.of(CommandOpcode.CFGI_CD),
                            CommandFields.STREAM_ID,
                            DEVICE),
                        CommandFields.SUBSTREAM_ID,
                        1)))),
        row(
            "stage 2, EL2, EL3, Secure TLBIs, CFGI_VMS_PIDM",
            Stream.concat(
                    Stream.of(
                        program(
                            queues(CMDQEN),
                            commands(
                                opcodes(
                                    CommandOpcode.TLBI_EL2_ALL,
                                    CommandOpcode.TLBI_EL2_ASID,
                                    CommandOpcode.TLBI_EL2_VA,
                                    CommandOpcode.TLBI_EL2_VAA,
                                    CommandOpcode.TLBI_EL3_ALL,
                                    CommandOpcode.TLBI_EL3_VA,
                                    CommandOpcode.TLBI_S12_VMALL,
                                    CommandOpcode.TLBI_S2_IPA)))),
                    each(
                        opcodes(
                            CommandOpcode.CFGI_VMS_PIDM,
                            CommandOpcode.TLBI_SNH_ALL,
                            CommandOpcode.TLBI_S_EL2_ALL))
                        .stream())
                .toList(),
            KnownDifference.EL2_EL3_CONSUMED,
            KnownDifference.STAGE_2_TLBI_CONSUMED),
        row(
            "ATC_INV without ATS",
            List.of(program(queues(CMDQEN), commands(opcodes(CommandOpcode.ATC_INV)))),
            KnownDifference.ATS_PRI_CONSUMED),
        row(
            "PRI_RESP",
            List.of(program(queues(CMDQEN), commands(opcodes(CommandOpcode.PRI_RESP)))),
            KnownDifference.ATS_PRI_CONSUMED),
        row(
            "RESUME, STALL_TERM",
            List.of(
                program(
                    queues(CMDQEN),
                    commands(opcodes(CommandOpcode.RESUME, CommandOpcode.STALL_TERM)))),
            KnownDifference.STALL_COMMANDS_CONSUMED),
        row(
            "CMD_SYNC with CS 3",
            List.of(
                program(
                    queues(CMDQEN),
                    commands(CommandEntries.with0(CommandEntries.sync(), CommandFields.CS, 3)))),
            KnownDifference.SYNC_CS_3_CONSUMED),
        row(
            "SSec on the Non-secure queue",
            List.of(
                program(
                    queues(CMDQEN),
                    commands(
                        CommandEntries.with0(
                            CommandEntries.of(CommandOpcode.PREFETCH_CONFIG),
                            CommandFields.SSEC,
                            1))),
                program(
                    queues(CMDQEN),
                    commands(
                        CommandEntries.with0(
                            CommandEntries.cfgiSte(DEVICE), CommandFields.SSEC, 1)))),
            KnownDifference.PREFETCH_SSEC_CONSUMED),
        row(
            "opcode 0 and Reserved ones",
            each(
                CommandEntries.of(0),
                CommandEntries.of(0x0F),
                CommandEntries.of(0x80),
                CommandEntries.of(0xFF))));
  }

  private static List<Case> streams() {
    return List.of(
        row(
            "V and Config",
            List.of(
                program(queues(ALL), table(0), store(new long[8]), cfgi(), dma()),
                program(queues(ALL), table(Structures.STE_CONFIG_ABORT), dma()),
                program(queues(ALL), table(Structures.STE_CONFIG_BYPASS), dma()),
                program(queues(ALL), table(Structures.STE_CONFIG_STAGE1), dma()))),
        row(
            "stage 2 Config",
            List.of(program(queues(ALL), table(Structures.STE_CONFIG_STAGE2), dma())),
            KnownDifference.STAGE_2_STE_ENDS_QEMU),
        row(
            "no STE to be found",
            List.of(
                program(
                    queues(ALL & ~SMMUEN),
                    table(Structures.STE_CONFIG_BYPASS),
                    of(Register.STRTAB_BASE_CFG, 3),
                    of(Register.CR0, ALL),
                    dma()),
                program(
                    queues(ALL & ~SMMUEN),
                    of(Register.STRTAB_BASE, GuestMemoryMap.NOWHERE),
                    of(Register.STRTAB_BASE_CFG, TABLE_LOG2),
                    of(Register.CR0, ALL),
                    dma()),
                twoLevels(0),
                twoLevels(5)),
            KnownDifference.SPAN_OFF_BY_ONE),
        row(
            "S1CDMax where SSIDSIZE is 0",
            List.of(
                program(
                    queues(ALL),
                    table(Structures.STE_CONFIG_STAGE1),
                    store(changed(Structures.STE_CONFIG_STAGE1, 0, SteFields.S1CDMAX, 3)),
                    cfgi(),
                    dma())),
            KnownDifference.S1CDMAX_CHECKED),
        row(
            "S1ContextPtr above the OAS",
            List.of(
                program(
                    queues(ALL),
                    table(Structures.STE_CONFIG_STAGE1),
                    store(Structures.ste(Structures.STE_CONFIG_STAGE1, 1L << 46)),
                    cfgi(),
                    dma())),
            KnownDifference.CONTEXT_ABOVE_OAS_FETCHED),
        row(
            "S1STALLD without a configurable stall model",
            program(
                queues(ALL),
                table(Structures.STE_CONFIG_STAGE1),
                store(changed(Structures.STE_CONFIG_STAGE1, 1, SteFields.S1STALLD, 1)),
                cfgi(),
                dma())),
        row(
            "CFGI_STE_RANGE",
            program(
                queues(ALL),
                table(Structures.STE_CONFIG_BYPASS),
                dma(),
                store(Structures.ste(0, 0)),
                commands(range(DEVICE, 2)),
                dma())),
        row(
            "CFGI_ALL",
            program(
                queues(ALL),
                table(Structures.STE_CONFIG_BYPASS),
                dma(),
                store(Structures.ste(0, 0)),
                commands(range(0, WHOLE_TABLE)),
                dma())));
  }

  private static List<Case> eventQueue() {
    return List.of(
        row(
            "overflow",
            List.of(
                program(
                    queues(ALL & ~EVENTQEN),
                    of(Register.EVENTQ_BASE, GuestMemoryMap.EVENTS),
                    of(Register.CR0, ALL),
                    table(0),
                    store(new long[8]),
                    cfgi(),
                    dma(),
                    dma())),
            KnownDifference.FULL_EVENT_QUEUE_ABORTS),
        row(
            "PROD and CONS of an output queue out of step",
            List.of(
                program(
                    queues(ALL),
                    of(Register.EVENTQ_CONS, 5),
                    table(0),
                    store(new long[8]),
                    cfgi(),
                    dma())),
            KnownDifference.EVENTQ_OUT_OF_STEP),
        row(
            "event queue that could not be written",
            List.of(
                program(
                    lostRecord(),
                    of(Register.CR0, ALL & ~EVENTQEN),
                    of(Register.EVENTQ_BASE, GuestMemoryMap.EVENTS | QUEUE_LOG2),
                    of(Register.CR0, ALL),
                    dma())),
            KnownDifference.LOST_RECORD_NOT_COUNTED,
            KnownDifference.ABORTED_EVENT_QUEUE_GOES_ON),
        row(
            "failed writes of records and MSIs",
            List.of(program(lostRecord(), new Step.AcknowledgeErrors(), dma())),
            KnownDifference.LOST_RECORD_NOT_COUNTED));
  }

  // --- the parts of programs

  private static List<Step> lostRecord() {
    return flat(
        queues(ALL & ~EVENTQEN),
        of(Register.EVENTQ_BASE, GuestMemoryMap.NOWHERE | QUEUE_LOG2),
        of(Register.CR0, ALL),
        table(0),
        store(new long[8]),
        cfgi(),
        dma());
  }

  private static List<Step> queues(int cr0) {
    return List.of(
        of(Register.CMDQ_BASE, GuestMemoryMap.COMMANDS | QUEUE_LOG2),
        of(Register.EVENTQ_BASE, GuestMemoryMap.EVENTS | QUEUE_LOG2),
        of(Register.STRTAB_BASE, GuestMemoryMap.STREAM_TABLE),
        of(Register.STRTAB_BASE_CFG, TABLE_LOG2),
        of(Register.CR0, cr0));
  }

  /** The device's STE with its CD and translation tables. */
  private static List<Step> table(int config) {
    return List.of(
        new Step.Store(GuestMemoryMap.TRANSLATION_TABLES, Structures.translationTables()),
        new Step.Store(GuestMemoryMap.CONTEXTS, Structures.words(Structures.cd())),
        store(Structures.ste(config, GuestMemoryMap.CONTEXTS)),
        cfgi());
  }

  private static Step store(long[] ste) {
    return new Step.Store(
        GuestMemoryMap.STREAM_TABLE + DEVICE * (long) Long.BYTES * ste.length,
        Structures.words(ste));
  }

  private static long[] changed(int config, int word, Bits field, long value) {
    long[] ste = Structures.ste(config, GuestMemoryMap.CONTEXTS);
    ste[word] = field.set(ste[word], value);
    return ste;
  }

  /** A 2-level table whose first descriptor has this Span: the device's StreamID is 16. */
  private static Program twoLevels(int span) {
    return program(
        queues(EVENTQEN | CMDQEN),
        new Step.Store(
            GuestMemoryMap.STREAM_TABLE,
            Structures.words(Structures.l1(GuestMemoryMap.STREAM_TABLE_2, span))),
        of(Register.STRTAB_BASE_CFG, TWO_LEVELS),
        of(Register.CR0, ALL),
        dma());
  }

  private static Step cfgi() {
    return commands(CommandEntries.cfgiSte(DEVICE), CommandEntries.sync());
  }

  private static CommandEntry range(int streamId, int range) {
    CommandEntry entry = CommandEntries.of(CommandOpcode.CFGI_STE_RANGE);
    return CommandEntries.with1(
        CommandEntries.with0(entry, CommandFields.STREAM_ID, streamId),
        CommandFields.RANGE1,
        range);
  }

  private static Step dma() {
    return new Step.Dma(DEVICE);
  }

  private static Step half(Register register, int at, long value) {
    return new Step.Write(register.offset() + at, Integer.BYTES, value);
  }

  private static Step commands(CommandEntry... entries) {
    return new Step.Commands(List.of(entries));
  }

  private static CommandEntry[] syncs(int count) {
    return Stream.generate(CommandEntries::sync).limit(count).toArray(CommandEntry[]::new);
  }

  private static CommandEntry[] opcodes(CommandOpcode... opcodes) {
    return Arrays.stream(opcodes).map(CommandEntries::of).toArray(CommandEntry[]::new);
  }

  /** One program for each entry, because each entry stops the queue. */
  private static List<Program> each(CommandEntry... entries) {
    return Stream.of(entries).map(entry -> program(queues(CMDQEN), commands(entry))).toList();
  }

  private static Program program(Object... parts) {
    return Program.of(flat(parts));
  }

  private static List<Step> flat(Object... parts) {
    List<Step> steps = new ArrayList<>();
    for (Object part : parts) {
      if (part instanceof Step step) {
        steps.add(step);
      } else if (part instanceof List<?> several) {
        several.forEach(step -> steps.add((Step) step));
      }
    }
    return steps;
  }

  private static Case row(String rule, Program program) {
    return row(rule, List.of(program));
  }

  private static Case row(String rule, List<Program> programs, KnownDifference... shows) {
    return new Case(rule, programs, new LinkedHashSet<>(List.of(shows)));
  }
}
