package io.vsmmu.differential;

import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.CommandFields;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.SteFields;
import io.vsmmu.smmu.spec.TableFields;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Generates guest programs from a seed: the accesses of a driver in random order, with valid and
 * invalid values, and some accesses that no driver makes.
 */
final class ProgramGenerator {

  /** Percentage of steps that no driver makes. */
  private static final int WILD = 6;

  private static final int LEAST_STEPS = 40;
  private static final int MORE_STEPS = 60;
  private static final int MOST_COMMANDS = 8;
  private static final int QUEUE_STRIDE = 0x1000;
  private static final int QUEUES = 8;
  private static final int MOST_QUEUE_LOG2 = 6;
  private static final int LINEAR_LOG2 = 8;
  private static final int TWO_LEVEL_LOG2 = 10;
  private static final int SPLIT = 6;
  private static final int SPAN_OF_SPLIT = SPLIT + 1;
  private static final long FMT_TWO_LEVEL = TableFields.STRTAB_FMT.set(0, 1);
  private static final int STE_BYTES = 64;
  private static final int CONTEXT_STRIDE = 0x1000;

  private static final long[] CR0_VALUES = {
    0, 1, 4, 5, 8, 9, 12, 13, 13, 13, 13, 15, 0x1F, 0xD5, 0x40D
  };

  private static final Register[] QUEUE_INDEXES = {
    Register.CMDQ_PROD, Register.CMDQ_CONS, Register.EVENTQ_PROD, Register.EVENTQ_CONS
  };

  private static final CommandOpcode[] USUAL = {
    CommandOpcode.CFGI_STE,
    CommandOpcode.CFGI_STE_RANGE,
    CommandOpcode.CFGI_CD,
    CommandOpcode.CFGI_CD_ALL,
    CommandOpcode.TLBI_NH_ALL,
    CommandOpcode.TLBI_NH_ASID,
    CommandOpcode.TLBI_NH_VA,
    CommandOpcode.TLBI_NH_VAA,
    CommandOpcode.TLBI_NSNH_ALL,
    CommandOpcode.PREFETCH_CONFIG,
    CommandOpcode.PREFETCH_ADDR,
    CommandOpcode.SYNC
  };

  private final SplittableRandom random;
  private final List<Step> steps = new ArrayList<>();

  private ProgramGenerator(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** The program of a seed, always the same. */
  static Program generate(long seed) {
    ProgramGenerator generator = new ProgramGenerator(seed);
    generator.write();
    return new Program(seed, generator.steps);
  }

  private void write() {
    int most = LEAST_STEPS + random.nextInt(MORE_STEPS);
    if (!chance(10)) {
      setUp();
    }
    while (steps.size() < most) {
      next();
    }
  }

  private void next() {
    if (chance(WILD)) {
      wild();
      return;
    }
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5 -> commands();
      case 6, 7 -> stream();
      case 8, 9, 10 -> steps.add(new Step.Dma(device()));
      case 11, 12 -> steps.add(new Step.AcknowledgeErrors());
      case 13 -> steps.add(new Step.DrainEvents());
      case 14 -> steps.add(Step.Write.of(Register.CR0, pick(CR0_VALUES)));
      case 15, 16 -> register();
      case 17 -> steps.add(new Step.Read(register32(), Integer.BYTES));
      case 18 -> globalBypass();
      default -> {
        if (chance(15)) {
          steps.add(new Step.Reset());
        }
        setUp();
      }
    }
  }

  /** The initialisation by a driver. */
  private void setUp() {
    steps.add(Step.Write.of(Register.CR0, 0));
    steps.add(Step.Write.of(Register.CR1, chance(70) ? 0xD75 : random.nextInt() & 0xFFFL));
    steps.add(Step.Write.of(Register.CR2, random.nextInt(16)));
    streamTable();
    queue(Register.CMDQ_BASE, GuestMemoryMap.COMMANDS, Register.CMDQ_PROD, Register.CMDQ_CONS);
    queue(Register.EVENTQ_BASE, GuestMemoryMap.EVENTS, Register.EVENTQ_PROD, Register.EVENTQ_CONS);
    steps.add(new Step.Store(GuestMemoryMap.TRANSLATION_TABLES, Structures.translationTables()));
    for (int streamId : Devices.STREAM_IDS) {
      steps.add(new Step.Store(context(streamId), Structures.words(Structures.cd())));
    }
    steps.add(Step.Write.of(Register.IRQ_CTRL, chance(80) ? 5 : random.nextInt(8)));
    steps.add(Step.Write.of(Register.CR0, 8));
    steps.add(
        new Step.Commands(
            List.of(
                CommandEntries.with1(
                    CommandEntries.of(CommandOpcode.CFGI_STE_RANGE), CommandFields.RANGE1, 31),
                CommandEntries.of(CommandOpcode.TLBI_NSNH_ALL),
                CommandEntries.sync())));
    steps.add(Step.Write.of(Register.CR0, 12));
    steps.add(Step.Write.of(Register.CR0, chance(85) ? 13 : pick(CR0_VALUES)));
  }

  private void queue(Register base, long at, Register prod, Register cons) {
    int log2 = chance(85) ? 4 + random.nextInt(3) : random.nextInt(MOST_QUEUE_LOG2 + 1);
    long address = at + (long) random.nextInt(QUEUES) * QUEUE_STRIDE;
    long hint = chance(50) ? 1L << 62 : 0;
    steps.add(Step.Write.of(base, hint | address | log2));
    int index = chance(60) ? 0 : random.nextInt(2 << log2);
    steps.add(Step.Write.of(prod, index));
    steps.add(Step.Write.of(cons, index));
  }

  private boolean twoLevel;

  private void streamTable() {
    twoLevel = chance(40);
    if (twoLevel) {
      long l1 = GuestMemoryMap.STREAM_TABLE;
      steps.add(
          new Step.Store(
              l1, Structures.words(Structures.l1(GuestMemoryMap.STREAM_TABLE_2, SPAN_OF_SPLIT))));
      steps.add(Step.Write.of(Register.STRTAB_BASE, l1));
      steps.add(
          Step.Write.of(Register.STRTAB_BASE_CFG, FMT_TWO_LEVEL | SPLIT << 6 | TWO_LEVEL_LOG2));
    } else {
      steps.add(Step.Write.of(Register.STRTAB_BASE, GuestMemoryMap.STREAM_TABLE));
      int log2 = chance(90) ? LINEAR_LOG2 : random.nextInt(8);
      steps.add(Step.Write.of(Register.STRTAB_BASE_CFG, log2));
    }
    for (int streamId : Devices.STREAM_IDS) {
      steps.add(store(streamId, ste(streamId)));
    }
  }

  private Step store(int streamId, long[] ste) {
    long table = twoLevel ? GuestMemoryMap.STREAM_TABLE_2 : GuestMemoryMap.STREAM_TABLE;
    return new Step.Store(table + (long) streamId * STE_BYTES, Structures.words(ste));
  }

  private static long context(int streamId) {
    return GuestMemoryMap.CONTEXTS + (long) Devices.slot(streamId) * CONTEXT_STRIDE;
  }

  private long[] ste(int streamId) {
    int config =
        switch (random.nextInt(10)) {
          case 0, 1 -> Structures.STE_CONFIG_ABORT;
          case 2, 3, 4 -> Structures.STE_CONFIG_BYPASS;
          default -> Structures.STE_CONFIG_STAGE1;
        };
    long[] ste = Structures.ste(config, context(streamId));
    if (chance(15)) {
      ste[0] = SteFields.V.set(ste[0], 0);
    }
    if (chance(WILD)) {
      ste[0] = SteFields.CONFIG.set(ste[0], random.nextInt(8));
    }
    if (chance(WILD)) {
      ste[0] = SteFields.S1CDMAX.set(ste[0], random.nextInt(32));
    }
    if (chance(WILD)) {
      ste[0] = SteFields.S1FMT.set(ste[0], random.nextInt(4));
    }
    if (chance(WILD)) {
      ste[0] = SteFields.S1CONTEXTPTR.setInPlace(ste[0], GuestMemoryMap.NOWHERE);
    }
    if (chance(2)) {
      ste[0] ^= 1L << (40 + random.nextInt(12));
    }
    if (chance(30)) {
      ste[1] = random.nextLong();
      if (!chance(WILD)) {
        ste[1] = SteFields.S1STALLD.set(ste[1], 0);
      }
    }
    return ste;
  }

  /** A store of an STE or a CD, and for most STEs the command that makes the SMMU read it. */
  private void stream() {
    int streamId = device();
    if (chance(20)) {
      long[] cd = Structures.cd();
      cd[0] ^= chance(50) ? 0 : 1L << random.nextInt(64);
      steps.add(new Step.Store(context(streamId), Structures.words(cd)));
    } else {
      steps.add(store(streamId, ste(streamId)));
    }
    if (!chance(WILD)) {
      steps.add(
          new Step.Commands(List.of(CommandEntries.cfgiSte(streamId), CommandEntries.sync())));
    }
  }

  private void globalBypass() {
    long value =
        ControlFields.GBPA_UPDATE.mask() | (chance(50) ? ControlFields.GBPA_ABORT.mask() : 0);
    long written = chance(70) ? value | 0x1000 : random.nextInt() & 0xFFFF_FFFFL;
    steps.add(Step.Write.of(Register.GBPA, written));
  }

  private void commands() {
    List<CommandEntry> entries = new ArrayList<>();
    int count = 1 + random.nextInt(MOST_COMMANDS);
    for (int i = 0; i < count; i++) {
      entries.add(chance(WILD) ? wildCommand() : command(USUAL[random.nextInt(USUAL.length)]));
    }
    if (chance(60)) {
      entries.add(sync());
    }
    steps.add(new Step.Commands(entries));
  }

  private CommandEntry sync() {
    return CommandEntries.with0(CommandEntries.sync(), CommandFields.CS, random.nextInt(3));
  }

  private CommandEntry command(CommandOpcode opcode) {
    CommandEntry entry = CommandEntries.of(opcode);
    return switch (opcode) {
      case CFGI_STE, CFGI_CD, CFGI_CD_ALL, PREFETCH_CONFIG, PREFETCH_ADDR ->
          CommandEntries.with0(entry, CommandFields.STREAM_ID, streamId());
      case CFGI_STE_RANGE ->
          CommandEntries.with1(
              CommandEntries.with0(entry, CommandFields.STREAM_ID, streamId()),
              CommandFields.RANGE1,
              random.nextInt(32));
      case TLBI_NH_ASID -> CommandEntries.with0(entry, CommandFields.ASID, random.nextInt(4));
      case TLBI_NH_VA, TLBI_NH_VAA -> tlbi(entry);
      case SYNC -> sync();
      default -> entry;
    };
  }

  private CommandEntry tlbi(CommandEntry opcode) {
    CommandEntry entry = CommandEntries.with0(opcode, CommandFields.ASID, random.nextInt(4));
    entry =
        new CommandEntry(entry.word0(), CommandFields.ADDRESS1.inPlace(random.nextLong() >>> 16));
    entry = CommandEntries.with1(entry, CommandFields.LEAF1, random.nextInt(2));
    if (chance(50)) {
      entry = CommandEntries.with1(entry, CommandFields.TG1, 1 + random.nextInt(3));
      entry = CommandEntries.with1(entry, CommandFields.TTL1, random.nextInt(4));
      entry = CommandEntries.with0(entry, CommandFields.NUM, random.nextInt(32));
      entry = CommandEntries.with0(entry, CommandFields.SCALE, random.nextInt(32));
      if (CommandFields.TG1.get(entry.word1()) == 2 && !chance(WILD)) {
        entry = CommandEntries.with1(entry, CommandFields.TTL1, 0);
      }
    }
    return entry;
  }

  /** A command with a random opcode and random bits. */
  private CommandEntry wildCommand() {
    CommandOpcode[] all = CommandOpcode.values();
    int opcode = chance(80) ? all[random.nextInt(all.length)].code() : random.nextInt(256);
    long word0 = (random.nextLong() & ~0xFFL) | opcode;
    long word1 = random.nextLong();
    return switch (random.nextInt(3)) {
      case 0 -> new CommandEntry(opcode, 0);
      case 1 ->
          new CommandEntry(
              CommandFields.SSEC.set(CommandFields.STREAM_ID.set(word0, device()), 0), word1);
      default -> new CommandEntry(word0, word1);
    };
  }

  private int device() {
    return Devices.STREAM_IDS.get(random.nextInt(Devices.STREAM_IDS.size()));
  }

  private int streamId() {
    return chance(70) ? device() : chance(50) ? random.nextInt(64) : random.nextInt();
  }

  /** A write to a random register. */
  private void register() {
    Register[] all = Register.values();
    Register register = all[random.nextInt(all.length)];
    boolean index = List.of(QUEUE_INDEXES).contains(register);
    long value =
        switch (random.nextInt(5)) {
          case 0 -> 0;
          case 1 -> index ? random.nextInt(128) : -1;
          case 2 -> 1L << random.nextInt(register.widthBits());
          default -> index ? random.nextInt(8) : random.nextLong();
        };
    if (register.widthBits() == Long.SIZE && chance(40)) {
      int half = random.nextInt(2) * Integer.BYTES;
      steps.add(new Step.Write(register.offset() + half, Integer.BYTES, value & 0xFFFF_FFFFL));
    } else {
      steps.add(
          Step.Write.of(
              register, register.widthBits() == Long.SIZE ? value : value & 0xFFFF_FFFFL));
    }
  }

  private int register32() {
    Register[] all = Register.values();
    Register register = all[random.nextInt(all.length)];
    return register.offset()
        + (register.widthBits() == Long.SIZE ? random.nextInt(2) * Integer.BYTES : 0);
  }

  /** An access that no driver makes. */
  private void wild() {
    switch (random.nextInt(7)) {
      case 0 -> steps.add(new Step.Read(random.nextInt(0x400) * 4, width()));
      case 1 -> steps.add(new Step.Read(register32() ^ 0x1_0000, width()));
      case 2 -> steps.add(new Step.Write(random.nextInt(0x400) * 4, width(), random.nextLong()));
      case 3 ->
          steps.add(
              Step.Write.of(
                  chance(50) ? Register.CMDQ_BASE : Register.EVENTQ_BASE,
                  GuestMemoryMap.NOWHERE + random.nextInt(32)));
      case 4 ->
          steps.add(
              Step.Write.of(
                  Register.CMDQ_BASE,
                  GuestMemoryMap.COMMANDS + 32L * random.nextInt(256) + random.nextInt(8)));
      case 5 -> steps.add(Step.Write.of(QUEUE_INDEXES[random.nextInt(4)], random.nextInt(1 << 21)));
      default -> stretchedTable();
    }
  }

  /** A Stream table that no driver uses: Reserved sizes or spans, or an address without memory. */
  private void stretchedTable() {
    steps.add(Step.Write.of(Register.CR0, 12));
    switch (random.nextInt(3)) {
      case 0 ->
          steps.add(
              Step.Write.of(
                  Register.STRTAB_BASE_CFG, random.nextInt(64) | random.nextInt(4) << 16));
      case 2 -> {
        steps.add(
            new Step.Store(
                GuestMemoryMap.STREAM_TABLE,
                Structures.words(
                    Structures.l1(GuestMemoryMap.STREAM_TABLE_2, random.nextInt(32)))));
        steps.add(
            Step.Write.of(
                Register.STRTAB_BASE_CFG,
                FMT_TWO_LEVEL | random.nextInt(32) << 6 | TWO_LEVEL_LOG2));
      }
      default -> steps.add(Step.Write.of(Register.STRTAB_BASE, GuestMemoryMap.NOWHERE));
    }
    steps.add(
        new Step.Commands(
            List.of(
                CommandEntries.with1(
                    CommandEntries.of(CommandOpcode.CFGI_STE_RANGE), CommandFields.RANGE1, 31),
                CommandEntries.sync())));
    steps.add(Step.Write.of(Register.CR0, 13));
  }

  private int width() {
    return 1 << random.nextInt(4);
  }

  private long pick(long[] values) {
    return values[random.nextInt(values.length)];
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}
