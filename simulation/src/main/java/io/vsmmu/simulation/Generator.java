package io.vsmmu.simulation;

import io.vsmmu.simulation.Architecture.Reg;
import io.vsmmu.simulation.Step.Boundary;
import io.vsmmu.simulation.Step.Simple;
import io.vsmmu.smmu.stimulus.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes the program of a seed, always the same: what a driver does, in random order and with random
 * values, weighted to what is at the edge of legal.
 */
final class Generator {

  private static final int LEAST_STEPS = 20;

  /** One program in this many keeps its log in PostgreSQL too, which takes longer. */
  static final int DATABASE_EVERY = 20;

  private static final int[] LEGAL = {
    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11, 0x12, 0x13, 0x30, 0x46
  };
  private static final int[] ALL = {
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x10, 0x11, 0x12, 0x13, 0x18, 0x1a, 0x20, 0x21,
    0x22, 0x23, 0x28, 0x2a, 0x30, 0x40, 0x41, 0x44, 0x45, 0x46, 0x50, 0x60, 0x70, 0x73, 0x80, 0xff
  };
  private static final String[] ERRORS = {
    "EIO", "ENOMEM", "EBUSY", "EINVAL", "ENOSPC", "EAGAIN", "EINTR", "ENODEV", "ETIMEDOUT", "EFAULT"
  };
  private static final int[] EVENT_TYPES = {
    0x01, 0x02, 0x03, 0x04, 0x04, 0x06, 0x08, 0x09, 0x0a, 0x10, 0x10, 0x11, 0x12, 0x13, 0x20, 0x24
  };
  private static final long[] CR0 = {0, 1, 4, 5, 8, 9, 0xc, 0xd, 0xd, 0xd, 0xd, 0xf, 0x1f, 0x7ff};
  private static final long ADDRESS_MASK = (1L << 44) - 1;

  private final SplittableRandom random;
  private final int size;
  private final List<Step> steps = new ArrayList<>();
  private final Setup setup;
  private boolean twoLevel;

  private Generator(long seed, int size, boolean database) {
    this.random = new SplittableRandom(seed);
    this.size = size;
    boolean ats = chance(50);
    this.setup =
        new Setup(
            seed,
            database ? Storage.Kind.DATABASE : Storage.Kind.JOURNAL,
            chance(50) ? Durability.COMMITTED : Durability.JOURNALED,
            chance(70),
            ats,
            ats && chance(60),
            chance(50) ? 4 : chance(50) ? 0 : 20,
            chance(6));
  }

  /**
   * The program of a seed.
   *
   * @param most the largest number of steps of its random part
   * @param database whether its log is in PostgreSQL too
   */
  static Program generate(long seed, int most, boolean database) {
    Generator generator = new Generator(seed, most, database);
    generator.write();
    return new Program(generator.setup, generator.steps);
  }

  private void write() {
    if (!chance(15)) {
      for (int device = 0; device < Layout.STREAM_IDS.size(); device++) {
        if (chance(75)) {
          steps.add(new Step.Attach(device));
        }
      }
    }
    if (!chance(10)) {
      boot();
    }
    int count = LEAST_STEPS + random.nextInt(Math.max(1, size - LEAST_STEPS));
    for (int i = 0; i < count; i++) {
      next();
    }
  }

  private void next() {
    int kind = random.nextInt(100);
    if (kind < 28) {
      commands();
    } else if (kind < 42) {
      stream();
    } else if (kind < 54) {
      register();
    } else if (kind < 60) {
      steps.add(write(Reg.CR0, pick(CR0)));
    } else if (kind < 66) {
      steps.add(Simple.ACKNOWLEDGE);
    } else if (kind < 73) {
      faults();
    } else if (kind < 76) {
      drain();
    } else if (kind < 79) {
      globalBypass();
    } else if (kind < 86) {
      operator();
    } else if (kind < 90) {
      host();
    } else if (kind < 94) {
      storage();
    } else if (kind < 97) {
      queueIndexes();
    } else {
      boot();
    }
  }

  /** What a driver does at its start, with some values that none uses. */
  private void boot() {
    if (chance(20)) {
      steps.add(Simple.RESET);
    }
    steps.add(write(Reg.CR0, 0));
    steps.add(write(Reg.CR1, chance(70) ? 0xd75 : random.nextInt(0x2000)));
    steps.add(write(Reg.CR2, random.nextInt(8)));
    streamTable();
    queue(Reg.CMDQ_BASE, Layout.COMMANDS, Reg.CMDQ_PROD, Reg.CMDQ_CONS);
    queue(Reg.EVENTQ_BASE, Layout.EVENTS, Reg.EVENTQ_PROD, Reg.EVENTQ_CONS);
    if (setup.pri()) {
      queue(Reg.PRIQ_BASE, Layout.PAGE_REQUESTS, Reg.PRIQ_PROD, Reg.PRIQ_CONS);
    }
    messages();
    steps.add(write(Reg.IRQ_CTRL, chance(80) ? 7 : random.nextInt(8)));
    steps.add(write(Reg.CR0, 8));
    steps.add(new Step.Commands(List.of(0x04L, 31L, 0x30L, 0L, 0x46L, 0L)));
    steps.add(write(Reg.CR0, chance(50) ? 0xc : 0xe));
    steps.add(write(Reg.CR0, chance(85) ? 0xf : pick(CR0)));
    for (int i = 0; i < Layout.STREAM_IDS.size(); i++) {
      if (chance(60)) {
        int sid = Layout.STREAM_IDS.get(i);
        steps.add(new Step.Store(ste(sid), List.of(steWord0(), steWord1())));
        steps.add(new Step.Commands(List.of(0x03L | ((long) sid << 32), 1L, 0x46L, 0L)));
      }
    }
  }

  private void messages() {
    for (Reg address : List.of(Reg.GERROR_IRQ_CFG0, Reg.EVENTQ_IRQ_CFG0, Reg.PRIQ_IRQ_CFG0)) {
      if (chance(60)) {
        steps.add(write(address, chance(90) ? message() : Layout.NOWHERE));
        steps.add(new Step.Write(address.offset + 8, 4, random.nextInt() & 0xffff_ffffL));
      }
    }
  }

  private long message() {
    return Layout.MESSAGES + 4L * random.nextInt(64);
  }

  private void queue(Reg base, long at, Reg prod, Reg cons) {
    int log2 = chance(70) ? random.nextInt(4) : random.nextInt(7);
    long address = at + 0x1000L * random.nextInt(8);
    if (chance(1)) {
      address = Layout.NOWHERE;
    }
    steps.add(write(base, (chance(50) ? 1L << 62 : 0) | address | log2));
    int index = chance(60) ? 0 : random.nextInt(2 << log2);
    steps.add(write(prod, index));
    steps.add(write(cons, index));
  }

  private void streamTable() {
    twoLevel = chance(50);
    if (twoLevel) {
      int split = chance(70) ? 6 : random.nextInt(12);
      steps.add(write(Reg.STRTAB_BASE, Layout.FIRST_LEVEL));
      steps.add(write(Reg.STRTAB_BASE_CFG, (1 << 16) | (split << 6) | (chance(80) ? 9 : 6)));
      steps.add(
          new Step.Store(
              Layout.FIRST_LEVEL,
              List.of(descriptor(Layout.SECOND_LEVEL), descriptor(Layout.SECOND_LEVEL + 0x1000))));
    } else {
      steps.add(write(Reg.STRTAB_BASE, Layout.LINEAR_TABLE));
      steps.add(write(Reg.STRTAB_BASE_CFG, chance(80) ? 8 : random.nextInt(10)));
    }
    for (int sid : Layout.STREAM_IDS) {
      if (chance(80)) {
        steps.add(new Step.Store(ste(sid), List.of(steWord0(), steWord1())));
      }
    }
  }

  /** A first-level descriptor: mostly of all 64 entries, or of too few or too many. */
  private long descriptor(long table) {
    int span = chance(70) ? 7 : chance(50) ? 6 : random.nextInt(32);
    return (chance(97) ? table : Layout.NOWHERE) | span;
  }

  private long ste(int sid) {
    return twoLevel
        ? Layout.SECOND_LEVEL + (sid >>> 6) * 0x1000L + (sid & 63) * 64L
        : Layout.LINEAR_TABLE + sid * 64L;
  }

  private long steWord0() {
    int config = chance(55) ? 5 : chance(60) ? 4 : random.nextInt(8);
    long word = (chance(92) ? 1 : 0) | ((long) config << 1);
    word |= Layout.CONTEXTS + 0x1000L * random.nextInt(16);
    if (chance(20)) {
      word |= (long) random.nextInt(32) << 59;
    }
    if (chance(15)) {
      word |= (long) random.nextInt(4) << 4;
    }
    if (chance(5)) {
      word |= 1L << (40 + random.nextInt(16));
    }
    return word;
  }

  private long steWord1() {
    long word = chance(60) ? 0 : random.nextLong();
    return chance(85) ? word & ~((1L << 27) | (1L << 29)) : word;
  }

  /** An STE changes, mostly with the command that makes the SMMU read it. */
  private void stream() {
    int sid = device();
    steps.add(new Step.Store(ste(sid), List.of(steWord0(), steWord1())));
    if (twoLevel && chance(10)) {
      steps.add(
          new Step.Store(
              Layout.FIRST_LEVEL + (sid >>> 6) * 8L,
              List.of(descriptor(Layout.SECOND_LEVEL + (sid >>> 6) * 0x1000L))));
    }
    if (chance(85)) {
      List<Long> words = new ArrayList<>();
      if (chance(60)) {
        add(words, 0x03L | ((long) sid << 32), random.nextInt(2));
      } else {
        add(
            words,
            0x04L | ((long) (chance(50) ? sid : random.nextInt(128)) << 32),
            chance(50) ? 31 : random.nextInt(32));
      }
      if (chance(70)) {
        sync(words);
      }
      steps.add(new Step.Commands(List.copyOf(words)));
    }
  }

  private void commands() {
    List<Long> words = new ArrayList<>();
    int count = 1 + random.nextInt(chance(80) ? 6 : 40);
    for (int i = 0; i < count; i++) {
      if (chance(6)) {
        wild(words);
      } else {
        command(words, LEGAL[random.nextInt(LEGAL.length)]);
      }
    }
    if (chance(60)) {
      sync(words);
    }
    steps.add(new Step.Commands(List.copyOf(words)));
  }

  private void command(List<Long> words, int opcode) {
    long sid =
        (long) (chance(85) ? device() : chance(50) ? random.nextInt(128) : random.nextInt()) << 32;
    long asid = (long) random.nextInt(4) << 48;
    switch (opcode) {
      case 0x03, 0x06 -> add(words, opcode | sid, random.nextInt(2));
      case 0x04 -> add(words, opcode | sid, random.nextInt(32));
      case 0x05 ->
          add(
              words,
              opcode | sid | (chance(80) ? 0 : (long) random.nextInt(32) << 12),
              random.nextInt(2));
      case 0x11 -> add(words, opcode | asid, 0);
      case 0x12, 0x13 -> {
        long word0 = opcode | asid;
        long word1 = (random.nextLong() & ADDRESS_MASK & -0x1000L) | random.nextInt(2);
        if (chance(40)) {
          word0 |= ((long) random.nextInt(32) << 12) | ((long) random.nextInt(32) << 20);
          word1 |= ((long) random.nextInt(4) << 10) | ((long) random.nextInt(4) << 8);
        }
        add(words, word0, word1);
      }
      case 0x46 -> sync(words);
      default -> add(words, opcode | (opcode < 0x10 ? sid : 0), 0);
    }
  }

  private void sync(List<Long> words) {
    int signal = random.nextInt(3);
    long data = signal == 1 ? (long) random.nextInt() << 32 : 0;
    long address = signal == 1 && chance(80) ? chance(97) ? message() : Layout.NOWHERE : 0;
    add(words, 0x46L | ((long) signal << 12) | data, address);
  }

  /** A command with any opcode, and with bits anywhere. */
  private void wild(List<Long> words) {
    long opcode = ALL[random.nextInt(ALL.length)];
    long word0 = (random.nextLong() & ~0xffL) | opcode;
    long word1 = random.nextLong();
    if (opcode == 0x40 || opcode == 0x41) {
      // SSec has no meaning in these.
      word0 &= ~(1L << 10);
      word0 = chance(60) ? (word0 & 0xffff_ffffL) | ((long) device() << 32) : word0;
    } else if (opcode == 0x46) {
      // A message goes where nothing else is.
      word1 = message();
    } else if (chance(50)) {
      word0 = (word0 & 0xffff_fbffL) | ((long) device() << 32);
    }
    add(words, word0, word1);
  }

  private static void add(List<Long> words, long word0, long word1) {
    words.add(word0);
    words.add(word1);
  }

  private void register() {
    Reg[] all = Reg.values();
    Reg reg = all[random.nextInt(all.length)];
    if (chance(15)) {
      // Any width, anywhere near a register.
      steps.add(
          new Step.Write(
              reg.offset + random.nextInt(9), 1 << random.nextInt(4), random.nextLong()));
      return;
    }
    boolean half = reg.width == 8 && chance(20);
    long value =
        switch (reg) {
          case STRTAB_BASE ->
              chance(90) ? twoLevel ? Layout.FIRST_LEVEL : Layout.LINEAR_TABLE : random.nextLong();
          case CMDQ_BASE -> base(Layout.COMMANDS);
          case EVENTQ_BASE -> base(Layout.EVENTS);
          case PRIQ_BASE -> base(Layout.PAGE_REQUESTS);
          case GERROR_IRQ_CFG0, EVENTQ_IRQ_CFG0, PRIQ_IRQ_CFG0 -> chance(90) ? message() : 0;
          case CMDQ_PROD, CMDQ_CONS, EVENTQ_PROD, EVENTQ_CONS, PRIQ_PROD, PRIQ_CONS ->
              chance(80) ? random.nextInt(64) | (chance(20) ? 1L << 31 : 0) : random.nextInt();
          default -> random.nextLong();
        };
    // Half a base register could put a queue where messages or tables are.
    if (!half || reg == Reg.GERRORN) {
      steps.add(write(reg, value));
    } else {
      steps.add(new Step.Write(reg.offset, 4, value & 0xffff_ffffL));
    }
  }

  private long base(long at) {
    return (at + 0x1000L * random.nextInt(8))
        | (chance(80) ? random.nextInt(5) : random.nextInt(8));
  }

  private void queueIndexes() {
    Reg[] indexes = {Reg.CMDQ_PROD, Reg.CMDQ_PROD, Reg.CMDQ_CONS, Reg.EVENTQ_PROD, Reg.EVENTQ_CONS};
    steps.add(
        write(
            indexes[random.nextInt(indexes.length)],
            random.nextInt(1 << (1 + random.nextInt(20)))));
  }

  private void globalBypass() {
    long value = (chance(85) ? 1L << 31 : 0) | (chance(50) ? 1 << 20 : 0);
    steps.add(write(Reg.GBPA, chance(70) ? value | 0x1000 : value | random.nextInt(1 << 20)));
  }

  private void drain() {
    steps.add(chance(60) || !setup.pri() ? Simple.DRAIN_EVENTS : Simple.DRAIN_PAGE_REQUESTS);
  }

  private void faults() {
    if (setup.pri() && chance(25)) {
      steps.add(
          new Step.PageRequests(random.nextInt(Layout.STREAM_IDS.size()), 1 + random.nextInt(5)));
      return;
    }
    if (chance(10)) {
      steps.add(new Step.LostEvents(1 + random.nextInt(5)));
      return;
    }
    int count = 1 + random.nextInt(chance(70) ? 2 : 6);
    for (int i = 0; i < count; i++) {
      int type = EVENT_TYPES[random.nextInt(EVENT_TYPES.length)];
      steps.add(new Step.Fault(random.nextInt(Layout.STREAM_IDS.size()), type, random.nextLong()));
    }
  }

  private void operator() {
    switch (random.nextInt(12)) {
      case 0, 1 -> steps.add(new Step.Detach(random.nextInt(Layout.STREAM_IDS.size())));
      case 2, 3, 4 -> steps.add(new Step.Attach(random.nextInt(Layout.STREAM_IDS.size())));
      case 5, 6 -> {
        steps.add(Simple.PAUSE);
        if (chance(70)) {
          next();
        }
        steps.add(Simple.RESUME);
      }
      case 7 -> steps.add(Simple.OPERATOR_RESET);
      case 8, 9 -> {
        steps.add(Simple.DISCONNECT);
        if (chance(50)) {
          faults();
        }
        steps.add(Simple.CONNECT);
      }
      case 10 -> steps.add(Simple.RESET);
      default -> steps.add(Simple.CONNECT);
    }
  }

  /** The host fails a call, or each, for a while. */
  private void host() {
    String errno = ERRORS[random.nextInt(ERRORS.length)];
    String plan =
        switch (random.nextInt(6)) {
          case 0 -> "every:%d:%s".formatted(1 + random.nextInt(5), errno);
          case 1 -> "entry:%d:%s".formatted(random.nextInt(6), errno);
          case 2 -> "invalidate:%d:%s".formatted(1 + random.nextInt(3), errno);
          default -> "call:%d:%s".formatted(1 + random.nextInt(8), errno);
        };
    steps.add(new Step.HostFails(plan));
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(4)) {
        case 0 -> operator();
        case 1 -> commands();
        default -> stream();
      }
    }
    steps.add(new Step.HostFails("none"));
  }

  private void storage() {
    if (setup.storage() == Storage.Kind.DATABASE && chance(25)) {
      steps.add(Simple.DATABASE_AWAY);
      int count = random.nextInt(6);
      for (int i = 0; i < count; i++) {
        next();
      }
      steps.add(Simple.DATABASE_BACK);
      return;
    }
    Boundary[] boundaries = Boundary.values();
    Boundary boundary = boundaries[random.nextInt(boundaries.length)];
    switch (random.nextInt(12)) {
      case 0, 1 -> steps.add(Simple.RESTART);
      case 2, 3 -> steps.add(Simple.KILL);
      case 4 -> steps.add(Simple.POWER_LOSS);
      case 5, 6, 7 -> steps.add(new Step.KillAt(boundary));
      case 8, 9 -> steps.add(new Step.PowerLossAt(boundary));
      case 10 -> steps.add(chance(50) ? Simple.APPEND_FAILS : Simple.SYNC_FAILS);
      default -> steps.add(new Step.LogBusy(1 + random.nextInt(3)));
    }
  }

  private int device() {
    return Layout.STREAM_IDS.get(random.nextInt(Layout.STREAM_IDS.size()));
  }

  private static Step write(Reg reg, long value) {
    long masked = reg.width == 4 ? value & 0xffff_ffffL : value;
    return new Step.Write(reg.offset, reg.width, masked);
  }

  private long pick(long[] values) {
    return values[random.nextInt(values.length)];
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}
