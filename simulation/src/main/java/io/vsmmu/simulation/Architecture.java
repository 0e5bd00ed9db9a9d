package io.vsmmu.simulation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A small model of an SMMUv3 with stage 1 only, written from IHI 0070 H.a. It has constants of its
 * own and shares no code with the product, so that the same mistake would have to be made twice.
 *
 * <p>It consumes commands one at a time and at once. Where the architecture leaves a choice it
 * makes the product's (docs/fields.md). What a program must not do to the product is not in it: a
 * queue in the memory that messages are written to, for example.
 */
final class Architecture {

  /** Reads guest memory; empty where the VMM shares none. */
  interface Memory {
    /** Little-endian words. */
    Optional<long[]> read(long address, int words);

    boolean writable(long address, int bytes);
  }

  /** The registers of 6.3 that a guest can write or whose value changes. */
  enum Reg {
    CR0(0x20, 4),
    CR0ACK(0x24, 4),
    CR1(0x28, 4),
    CR2(0x2c, 4),
    GBPA(0x44, 4),
    IRQ_CTRL(0x50, 4),
    IRQ_CTRLACK(0x54, 4),
    GERROR(0x60, 4),
    GERRORN(0x64, 4),
    GERROR_IRQ_CFG0(0x68, 8),
    GERROR_IRQ_CFG1(0x70, 4),
    GERROR_IRQ_CFG2(0x74, 4),
    STRTAB_BASE(0x80, 8),
    STRTAB_BASE_CFG(0x88, 4),
    CMDQ_BASE(0x90, 8),
    CMDQ_PROD(0x98, 4),
    CMDQ_CONS(0x9c, 4),
    EVENTQ_BASE(0xa0, 8),
    EVENTQ_IRQ_CFG0(0xb0, 8),
    EVENTQ_IRQ_CFG1(0xb8, 4),
    EVENTQ_IRQ_CFG2(0xbc, 4),
    PRIQ_BASE(0xc0, 8),
    PRIQ_IRQ_CFG0(0xd0, 8),
    PRIQ_IRQ_CFG1(0xd8, 4),
    PRIQ_IRQ_CFG2(0xdc, 4),
    EVENTQ_PROD(0x100a8, 4),
    EVENTQ_CONS(0x100ac, 4),
    PRIQ_PROD(0x100c8, 4),
    PRIQ_CONS(0x100cc, 4);

    final int offset;
    final int width;

    Reg(int offset, int width) {
      this.offset = offset;
      this.width = width;
    }
  }

  /** What transactions of a stream meet. */
  enum Behaviour {
    ABORT,
    BYPASS,
    TRANSLATE
  }

  /** The identification registers, as the guest reads them. */
  record Ids(int idr0, int idr1, int idr3, int idr5) {

    private static final int[] OAS = {32, 36, 40, 42, 44, 48, 52, 56};

    boolean ats() {
      return (idr0 >>> 10 & 1) == 1;
    }

    boolean msi() {
      return (idr0 >>> 13 & 1) == 1;
    }

    boolean pri() {
      return (idr0 >>> 16 & 1) == 1;
    }

    boolean cd2l() {
      return (idr0 >>> 19 & 1) == 1;
    }

    int stallModel() {
      return idr0 >>> 24 & 3;
    }

    boolean twoLevel() {
      return (idr0 >>> 27 & 3) == 1;
    }

    int sidBits() {
      return idr1 & 0x3f;
    }

    int ssidBits() {
      return idr1 >>> 6 & 0x1f;
    }

    int priqs() {
      return idr1 >>> 11 & 0x1f;
    }

    int eventqs() {
      return idr1 >>> 16 & 0x1f;
    }

    int cmdqs() {
      return idr1 >>> 21 & 0x1f;
    }

    boolean ranges() {
      return (idr3 >>> 10 & 1) == 1;
    }

    long addressMask() {
      return (1L << OAS[idr5 & 7]) - 1;
    }
  }

  /**
   * What a stream is configured to.
   *
   * @param fault the number of the event with which its transactions end; 0 for none
   * @param word0 of the STE without what has no meaning
   * @param word1 as word0
   */
  record Configuration(Behaviour behaviour, int fault, long word0, long word1) {}

  /** A write of the SMMU to guest memory. */
  record MemoryWrite(long address, List<Integer> words) {}

  /** Where the host made the command queue stop: the index in the queue, and the code of ERR. */
  record HostStop(int index, int code) {}

  private static final class Device {
    final boolean ats;
    @Nullable Configuration configuration;

    Device(boolean ats, @Nullable Configuration configuration) {
      this.ats = ats;
      this.configuration = configuration;
    }
  }

  private static final long SMMUEN = 1;
  private static final long PRIQEN = 1 << 1;
  private static final long EVENTQEN = 1 << 2;
  private static final long CMDQEN = 1 << 3;
  private static final long ATSCHK = 1 << 4;
  private static final long RECINVSID = 1 << 1;

  private static final int CMDQ_ERR = 0;
  private static final int EVENTQ_ABT = 2;
  private static final int PRIQ_ABT = 3;
  private static final int MSI_CMDQ_ABT = 4;
  private static final int MSI_EVENTQ_ABT = 5;
  private static final int MSI_PRIQ_ABT = 6;
  private static final int MSI_GERROR_ABT = 7;
  private static final int SFM_ERR = 8;

  private static final int CERROR_ILL = 1;
  private static final int CERROR_ABT = 2;

  private static final int C_BAD_STREAMID = 2;
  private static final int F_STE_FETCH = 3;
  private static final int C_BAD_STE = 4;

  private static final long INDEX = 0xf_ffff;
  private static final long OVERFLOW = 1L << 31;
  private static final long QUEUE_ADDRESS = (1L << 56) - (1 << 5);
  private static final long MSI_ADDRESS = (1L << 56) - (1 << 2);

  private final Ids ids;
  private final Memory memory;
  private final long gbpaAtReset;
  private final Map<Reg, Long> registers = new EnumMap<>(Reg.class);
  private final Map<Integer, Device> devices = new TreeMap<>();

  /**
   * Invalidations that the host must have received, in order. One with a third word, the number of
   * CMD_SYNCs before it, is not needed if the stream got another HWPT, for which no CD is cached,
   * or if the same one was needed since the last CMD_SYNC.
   */
  private final List<long[]> forwarded = new ArrayList<>();

  /** The number of CMD_SYNCs so far. */
  private long syncs;

  /** Writes to memory of the present access. */
  private final Map<Long, MemoryWrite> writes = new LinkedHashMap<>();

  /** Errors of the present access that are raised when nothing else is left to do. */
  private final List<Integer> aborts = new ArrayList<>();

  private boolean connected;

  /** The states on the way of the present access, if they are asked for. */
  private @Nullable List<Architecture> path;

  private @Nullable HostStop hostStop;

  Architecture(Ids ids, Memory memory, long gbpaAtReset) {
    this.ids = ids;
    this.memory = memory;
    this.gbpaAtReset = gbpaAtReset;
    resetRegisters();
  }

  private Architecture(Architecture other) {
    this(other.ids, other.memory, other.gbpaAtReset);
    registers.putAll(other.registers);
    other.devices.forEach((sid, it) -> devices.put(sid, new Device(it.ats, it.configuration)));
    forwarded.addAll(other.forwarded);
    connected = other.connected;
    syncs = other.syncs;
  }

  Architecture copy() {
    return new Architecture(this);
  }

  /** Collects the states on the way of what follows. */
  List<Architecture> follow() {
    List<Architecture> states = new ArrayList<>();
    path = states;
    return states;
  }

  void stopFollowing() {
    path = null;
  }

  /** The host refuses the command at an index of the queue. */
  void stopAt(@Nullable HostStop stop) {
    hostStop = stop;
  }

  private void checkpoint() {
    if (path != null) {
      path.add(copy());
    }
  }

  // What is compared.

  long read(Reg reg) {
    long value = get(reg);
    return switch (reg) {
      case CMDQ_CONS ->
          (value & ~INDEX & (active(CMDQ_ERR) ? -1L : INDEX)) | (value & wrapMask(cmdqLog2()));
      case EVENTQ_PROD -> (value & ~INDEX) | (value & wrapMask(eventqLog2()));
      case PRIQ_PROD -> (value & ~INDEX) | (value & wrapMask(priqLog2()));
      default -> value;
    };
  }

  /** CMDQ_CONS.ERR means nothing while no error is active (6.3.28). */
  boolean errorCodeCounts() {
    return active(CMDQ_ERR);
  }

  boolean hasDevice(int sid) {
    return devices.containsKey(sid);
  }

  Behaviour behaviour(int sid) {
    Configuration configuration = device(sid).configuration;
    if (!enabled()) {
      return global();
    }
    return configuration == null ? Behaviour.ABORT : configuration.behaviour();
  }

  Configuration configuration(int sid) {
    Configuration configuration = device(sid).configuration;
    return configuration == null ? new Configuration(Behaviour.ABORT, 0, 0, 0) : configuration;
  }

  private Device device(int sid) {
    return Objects.requireNonNull(devices.get(sid), "no device has the StreamID");
  }

  List<long[]> forwarded() {
    return forwarded;
  }

  /** The writes to memory of the last access, the last one to each address. */
  List<MemoryWrite> writes() {
    return List.copyOf(writes.values());
  }

  boolean connected() {
    return connected;
  }

  boolean enabled() {
    return (get(Reg.CR0) & SMMUEN) != 0;
  }

  int fault(int sid) {
    return enabled() ? configuration(sid).fault() : 0;
  }

  // Inputs.

  void begin() {
    writes.clear();
    aborts.clear();
  }

  void connect(boolean now) {
    connected = now;
  }

  void attach(int sid, boolean ats) {
    devices.put(sid, new Device(ats, enabled() && connected ? fetch(sid) : null));
  }

  void detach(int sid) {
    devices.remove(sid);
  }

  /** 3.11: everything returns to its value after reset; nothing of the STEs is known. */
  void reset() {
    resetRegisters();
    devices.values().forEach(device -> device.configuration = null);
    checkpoint();
  }

  private void resetRegisters() {
    for (Reg reg : Reg.values()) {
      registers.put(reg, reg == Reg.GBPA ? gbpaAtReset : 0L);
    }
  }

  /** A write of the guest (6.2, 6.3). */
  void write(int offset, int width, long written) {
    for (Reg reg : Reg.values()) {
      boolean whole = offset == reg.offset && width == reg.width;
      boolean low = reg.width == 8 && width == 4 && offset == reg.offset;
      boolean high = reg.width == 8 && width == 4 && offset == reg.offset + 4;
      if (whole || low || high) {
        long old = get(reg);
        long value =
            high
                ? (old & 0xffff_ffffL) | (written << 32)
                : low ? (old & 0xffff_ffff_0000_0000L) | (written & 0xffff_ffffL) : written;
        write(reg, value);
      }
    }
    checkpoint();
    run();
    settle();
  }

  private void write(Reg reg, long value) {
    long mask = writable(reg);
    if (mask == 0) {
      return;
    }
    long old = get(reg);
    boolean wasEnabled = enabled();
    if (reg == Reg.GBPA) {
      // 6.3.14: a write without Update has no effect; the update takes place at once.
      if ((value >>> 31 & 1) == 1) {
        set(reg, value & mask);
      }
      return;
    }
    long next = (old & ~mask) | (value & mask);
    // Bits that this SMMU does not have are RES0, also where a part of the register is locked.
    set(reg, next & existing(reg));
    if (reg == Reg.CR0) {
      set(Reg.CR0ACK, get(Reg.CR0));
    } else if (reg == Reg.IRQ_CTRL) {
      set(Reg.IRQ_CTRLACK, get(Reg.IRQ_CTRL));
    }
    if (!wasEnabled && enabled()) {
      devices.forEach((sid, device) -> device.configuration = fetch(sid));
    }
  }

  /** The bits of a register that exist (6.3.9 to 6.3.36). */
  private long existing(Reg reg) {
    boolean pri = ids.pri();
    boolean msi = ids.msi();
    long oas = ids.addressMask();
    return switch (reg) {
      case CR0 -> SMMUEN | EVENTQEN | CMDQEN | (pri ? PRIQEN : 0) | (ids.ats() ? ATSCHK : 0);
      case CR1 -> 0xfff;
      case CR2 -> RECINVSID;
      case GBPA -> 0x1f_3f1f;
      case IRQ_CTRL -> 5 | (pri ? 2 : 0);
      case GERRORN ->
          bit(CMDQ_ERR)
              | bit(EVENTQ_ABT)
              | bit(SFM_ERR)
              | (pri ? bit(PRIQ_ABT) : 0)
              | (msi ? bit(MSI_CMDQ_ABT) | bit(MSI_EVENTQ_ABT) | bit(MSI_GERROR_ABT) : 0)
              | (msi && pri ? bit(MSI_PRIQ_ABT) : 0);
      case GERROR_IRQ_CFG0, EVENTQ_IRQ_CFG0 -> msi ? MSI_ADDRESS & oas : 0;
      case PRIQ_IRQ_CFG0 -> msi && pri ? MSI_ADDRESS & oas : 0;
      case GERROR_IRQ_CFG1, EVENTQ_IRQ_CFG1 -> msi ? 0xffff_ffffL : 0;
      case PRIQ_IRQ_CFG1 -> msi && pri ? 0xffff_ffffL : 0;
      case GERROR_IRQ_CFG2, EVENTQ_IRQ_CFG2 -> msi ? 0x3f : 0;
      case PRIQ_IRQ_CFG2 -> msi && pri ? 0x3f | (1L << 31) : 0;
      case STRTAB_BASE -> (1L << 62) | (((1L << 56) - (1 << 6)) & oas);
      case STRTAB_BASE_CFG -> 0x3f | (ids.twoLevel() ? (0x1f << 6) | (3 << 16) : 0);
      case CMDQ_BASE, EVENTQ_BASE -> (1L << 62) | (QUEUE_ADDRESS & oas) | 0x1f;
      case PRIQ_BASE -> pri ? (1L << 62) | (QUEUE_ADDRESS & oas) | 0x1f : 0;
      case CMDQ_PROD -> INDEX;
      case CMDQ_CONS -> INDEX | (0x7fL << 24);
      case EVENTQ_PROD, EVENTQ_CONS -> INDEX | OVERFLOW;
      case PRIQ_PROD, PRIQ_CONS -> pri ? INDEX | OVERFLOW : 0;
      case CR0ACK, IRQ_CTRLACK, GERROR -> 0;
    };
  }

  /** The bits that can be written now: some are read-only while what they configure is enabled. */
  private long writable(Reg reg) {
    long cr0 = get(Reg.CR0);
    long irq = get(Reg.IRQ_CTRL);
    boolean smmu = (cr0 & SMMUEN) != 0;
    boolean cmdq = (cr0 & CMDQEN) != 0;
    boolean eventq = (cr0 & EVENTQEN) != 0;
    boolean priq = (cr0 & PRIQEN) != 0;
    long locked =
        switch (reg) {
          case CR1 -> (smmu ? 0xfc0 : 0) | (cmdq || eventq || priq ? 0x3f : 0);
          case CR2, STRTAB_BASE, STRTAB_BASE_CFG -> smmu ? -1L : 0;
          case CMDQ_BASE, CMDQ_CONS -> cmdq ? -1L : 0;
          case EVENTQ_BASE, EVENTQ_PROD -> eventq ? -1L : 0;
          case PRIQ_BASE, PRIQ_PROD -> priq ? -1L : 0;
          case GERROR_IRQ_CFG0, GERROR_IRQ_CFG1, GERROR_IRQ_CFG2 -> (irq & 1) != 0 ? -1L : 0;
          case EVENTQ_IRQ_CFG0, EVENTQ_IRQ_CFG1, EVENTQ_IRQ_CFG2 -> (irq & 4) != 0 ? -1L : 0;
          case PRIQ_IRQ_CFG0, PRIQ_IRQ_CFG1, PRIQ_IRQ_CFG2 -> (irq & 2) != 0 ? -1L : 0;
          default -> 0;
        };
    return existing(reg) & ~locked;
  }

  // The command queue (3.5, chapter 4, 7.1).

  private void run() {
    while (connected && (get(Reg.CR0) & CMDQEN) != 0 && !active(CMDQ_ERR)) {
      int log2 = cmdqLog2();
      long mask = wrapMask(log2);
      long size = 1L << log2;
      long cons = get(Reg.CMDQ_CONS) & mask;
      long pending = (get(Reg.CMDQ_PROD) - cons) & mask;
      if (pending == 0 || pending > size) {
        return;
      }
      long queue = get(Reg.CMDQ_BASE) & QUEUE_ADDRESS & -(size * 16);
      Optional<long[]> entry = memory.read(queue + (cons & (size - 1)) * 16, 2);
      if (entry.isEmpty()) {
        stop(cons, CERROR_ABT);
        return;
      }
      HostStop refused = hostStop;
      if (!execute(entry.get()[0], entry.get()[1], refused != null && refused.index() == cons)) {
        stop(cons, refused != null && refused.index() == cons ? refused.code() : CERROR_ILL);
        return;
      }
      set(Reg.CMDQ_CONS, (cons + 1) & mask);
      checkpoint();
    }
  }

  private void stop(long cons, int code) {
    set(Reg.CMDQ_CONS, cons | ((long) code << 24));
    raise(CMDQ_ERR);
    checkpoint();
  }

  /** Executes a command; false if the queue stops at it. */
  private boolean execute(long word0, long word1, boolean refusedByHost) {
    int opcode = (int) word0 & 0xff;
    int sid = (int) (word0 >>> 32);
    boolean sidExists = ids.sidBits() == 32 || sid >>> ids.sidBits() == 0;
    int ssid = (int) (word0 >>> 12) & 0xf_ffff;
    boolean ssv = (word0 >>> 11 & 1) == 1 && ids.ssidBits() > 0;
    boolean ssidExists = ssid >>> ids.ssidBits() == 0;
    boolean secure = (word0 >>> 10 & 1) == 1;
    return switch (opcode) {
      // Prefetches do nothing here, which 4.2 permits.
      case 0x01, 0x02 -> !secure;
      case 0x03 -> {
        if (secure) {
          yield false;
        }
        if (devices.containsKey(sid)) {
          invalidateSte(sid, refusedByHost);
        }
        yield !refusedByHost;
      }
      case 0x04 -> {
        if (secure) {
          yield false;
        }
        int range = (int) word1 & 0x1f;
        for (int device : List.copyOf(devices.keySet())) {
          if (range == 31 || (device ^ sid) >>> (range + 1) == 0) {
            invalidateSte(device, refusedByHost);
          }
        }
        yield !refusedByHost;
      }
      case 0x05, 0x06 -> {
        if (secure) {
          yield false;
        }
        boolean counts =
            sidExists
                && (opcode == 0x06 || ssidExists)
                && devices.containsKey(sid)
                && behaviour(sid) == Behaviour.TRANSLATE;
        yield !counts || forward(word0, word1, refusedByHost);
      }
      case 0x10, 0x11, 0x12, 0x13, 0x30 -> {
        long[] effective = tlbi(opcode, word0, word1);
        boolean illegal =
            (opcode == 0x12 || opcode == 0x13)
                && (effective[1] >>> 10 & 3) != 0
                && (effective[1] >>> 8 & 3) == 0
                && (effective[0] >>> 12 & 0x1f) == 0
                && (effective[0] >>> 20 & 0x1f) == 0;
        yield !illegal && (devices.isEmpty() || forward(effective[0], effective[1], refusedByHost));
      }
      case 0x40 -> {
        if (!ids.ats() || (word1 & 0x3f) > 52) {
          yield false;
        }
        boolean counts =
            enabled()
                && sidExists
                && (!ssv || ssidExists)
                && devices.containsKey(sid)
                && devices.get(sid).ats;
        yield !counts || forward(word0, word1, refusedByHost);
      }
      case 0x41 -> ids.pri() && (word1 >>> 12 & 3) != 3;
      case 0x46 -> {
        syncs++;
        int signal = (int) (word0 >>> 12) & 3;
        if (signal == 1) {
          message(word1 & MSI_ADDRESS, (int) (word0 >>> 32), MSI_CMDQ_ABT);
        }
        yield signal != 3;
      }
      // Reserved, Secure, EL2, stage 2, stall and DPT commands: this SMMU has none of that.
      default -> false;
    };
  }

  /** The fields of a TLB invalidation that have a meaning (4.4.1.1, 4.4.2). */
  private long[] tlbi(int opcode, long word0, long word1) {
    long kept0 = word0 & 0xff;
    long kept1 = 0;
    if (opcode == 0x11 || opcode == 0x12) {
      kept0 |= word0 & (0xffffL << 48);
    }
    if (opcode == 0x12 || opcode == 0x13) {
      kept1 = word1 & ((-1L << 12) | 1);
      long granule = word1 >>> 10 & 3;
      if (ids.ranges() && granule != 0) {
        kept0 |= word0 & ((0x1fL << 12) | (0x1fL << 20));
        long level = word1 >>> 8 & 3;
        kept1 |= (granule << 10) | (granule == 2 && level == 1 ? 0 : level << 8);
      }
    }
    return new long[] {kept0, kept1};
  }

  private boolean forward(long word0, long word1, boolean refused) {
    if (!refused) {
      forwarded.add(comparable(word0, word1));
    }
    return !refused;
  }

  /** A command as it is compared: without fields that the product may clear or leave. */
  static long[] comparable(long word0, long word1) {
    int opcode = (int) word0 & 0xff;
    return switch (opcode) {
      case 0x05 -> new long[] {word0 & (0xff | (0xf_ffffL << 12) | (-1L << 32)), word1 & 1};
      case 0x06 -> new long[] {word0 & (0xff | (-1L << 32)), 0};
      case 0x40 -> {
        long size = word1 & 0x3f;
        long address = size >= 52 ? 0 : word1 & (-1L << (12 + size));
        yield new long[] {word0 & (0xff | (-1L << 32)), size | address};
      }
      case 0x10, 0x30 -> new long[] {opcode, 0};
      default -> new long[] {word0 & ~(0xffffL << 32), word1};
    };
  }

  /** The SMMU reads the STE again, and forgets the CDs that it got to by it (4.3.1). */
  private void invalidateSte(int sid, boolean refused) {
    Behaviour before = behaviour(sid);
    Configuration old = device(sid).configuration;
    Configuration read = fetch(sid);
    device(sid).configuration = read;
    if (before == Behaviour.TRANSLATE && read.equals(old) && !refused) {
      forwarded.add(new long[] {0x06 | ((long) sid << 32), 0, syncs});
    }
  }

  // The Stream table (3.3.1, 5.1, 5.2).

  private Configuration fetch(int sid) {
    long base = get(Reg.STRTAB_BASE) & ((1L << 56) - (1 << 6)) & ids.addressMask();
    int cfg = (int) get(Reg.STRTAB_BASE_CFG);
    int log2 = cfg & 0x3f;
    int bits = Math.min(log2, ids.sidBits());
    if (sid >>> bits != 0) {
      return without(C_BAD_STREAMID);
    }
    boolean twoLevel = ids.twoLevel() && (cfg >>> 16 & 3) == 1;
    long address;
    if (twoLevel) {
      int split = cfg >>> 6 & 0x1f;
      split = split == 8 || split == 10 ? split : 6;
      long table = aligned(base, Math.max(6, log2 - split + 3));
      Optional<long[]> descriptor = memory.read(table + (sid >>> split) * 8L, 1);
      if (descriptor.isEmpty()) {
        return without(F_STE_FETCH);
      }
      int span = (int) descriptor.get()[0] & 0x1f;
      int index = sid & ((1 << split) - 1);
      if (span == 0 || span > 11 || span > split + 1 || index >>> (span - 1) != 0) {
        return without(C_BAD_STREAMID);
      }
      long second = descriptor.get()[0] & ((1L << 56) - (1 << 6));
      address = aligned(second, 6 + span - 1) + index * 64L;
    } else {
      address = aligned(base, log2 + 6) + sid * 64L;
    }
    return memory
        .read(address & ids.addressMask(), 8)
        .map(ste -> configuration(ste[0], ste[1]))
        .orElseGet(() -> without(F_STE_FETCH));
  }

  private static long aligned(long address, int bits) {
    return bits >= 64 ? 0 : address & (-1L << bits);
  }

  private static Configuration without(int fault) {
    return new Configuration(Behaviour.ABORT, fault, 0, 0);
  }

  /** 5.2 and SteIllegal() of 5.2.2, for an SMMU without stage 2, EL2 and stalls. */
  private Configuration configuration(long word0, long word1) {
    if ((word0 & 1) == 0) {
      return without(C_BAD_STE);
    }
    int config = (int) (word0 >>> 1) & 7;
    if (config < 4) {
      return without(0);
    }
    if (config == 4) {
      return new Configuration(Behaviour.BYPASS, 0, 0, 0);
    }
    boolean stage2 = config > 5;
    int cdMax = (int) (word0 >>> 59) & 0x1f;
    int format = (int) (word0 >>> 4) & 3;
    long pointer = word0 & ((1L << 56) - (1 << 6));
    boolean stallDisabled = (word1 >>> 27 & 1) == 1;
    int eats = (int) (word1 >>> 28) & 3;
    boolean substreams = ids.ssidBits() > 0 && cdMax > 0;
    boolean illegal =
        stage2
            || (stallDisabled && ids.stallModel() != 0)
            || (ids.ssidBits() > 0 && cdMax > ids.ssidBits())
            || (substreams && !ids.cd2l() && (format == 1 || format == 2))
            || (pointer & ~ids.addressMask()) != 0
            || (ids.ats() && eats == 2);
    if (illegal) {
      return without(C_BAD_STE);
    }
    long kept0 = (word0 & 0xf) | pointer;
    long kept1 = word1 & 0x3c;
    kept1 |= (word1 >>> 6 & 3) == 1 ? 0 : word1 & 0xc0;
    if (substreams) {
      kept0 |= ((long) cdMax << 59) | (format == 3 ? 0 : (long) format << 4);
      kept1 |= (word1 & 3) == 3 ? 0 : word1 & 3;
    }
    return new Configuration(Behaviour.TRANSLATE, 0, kept0, kept1);
  }

  private Behaviour global() {
    return (get(Reg.GBPA) >>> 20 & 1) == 1 ? Behaviour.ABORT : Behaviour.BYPASS;
  }

  // The queues that the SMMU writes (7.2, 7.4, 8.1, 8.2).

  /** The host reports events of devices, four words each, and that it lost some before them. */
  void faults(List<long[]> events, int lost) {
    List<long[]> records = new ArrayList<>();
    for (long[] event : events) {
      record(event).ifPresent(records::add);
    }
    boolean takes = (get(Reg.CR0) & EVENTQEN) != 0 && !active(EVENTQ_ABT);
    if (takes) {
      produce(Reg.EVENTQ_BASE, Reg.EVENTQ_PROD, Reg.EVENTQ_CONS, eventqLog2(), records, lost > 0);
    }
    checkpoint();
    settle();
  }

  /** The record of an event: one that a wrong STE of the guest's own causes says what is wrong. */
  private Optional<long[]> record(long[] event) {
    int sid = (int) (event[0] >>> 32);
    int own = devices.containsKey(sid) ? fault(sid) : 0;
    boolean silent = own == C_BAD_STREAMID && (get(Reg.CR2) & RECINVSID) == 0;
    if ((event[0] & 0xff) != C_BAD_STE || own == 0 || silent) {
      return Optional.of(event);
    }
    long[] changed = event.clone();
    changed[0] = (event[0] & ~0xffL) | own;
    return Optional.of(changed);
  }

  void pageRequests(List<long[]> requests) {
    boolean overflown = ((get(Reg.PRIQ_PROD) ^ get(Reg.PRIQ_CONS)) & OVERFLOW) != 0;
    if (enabled() && (get(Reg.CR0) & PRIQEN) != 0 && !active(PRIQ_ABT) && !overflown) {
      produce(Reg.PRIQ_BASE, Reg.PRIQ_PROD, Reg.PRIQ_CONS, priqLog2(), requests, false);
    }
    checkpoint();
    settle();
  }

  private void produce(
      Reg base, Reg prodReg, Reg consReg, int log2, List<long[]> records, boolean lost) {
    long mask = wrapMask(log2);
    long size = 1L << log2;
    long prod = get(prodReg);
    long used = ((prod & mask) - (get(consReg) & mask)) & mask;
    long free = Math.max(0, size - used);
    long index = prod & mask;
    int queued = (int) Math.min(free, records.size());
    boolean aborted = false;
    for (long[] record : records.subList(0, queued)) {
      long bytes = record.length * 8L;
      long queue = get(base) & QUEUE_ADDRESS & -(size * bytes);
      aborted |= !store(queue + (index & (size - 1)) * bytes, record);
      index = (index + 1) & mask;
    }
    long flag = prod & OVERFLOW;
    boolean overflowing = ((prod ^ get(consReg)) & OVERFLOW) != 0;
    if ((queued < records.size() || lost) && !overflowing) {
      flag ^= OVERFLOW;
    }
    set(prodReg, index | flag);
    if (aborted) {
      aborts.add(prodReg == Reg.EVENTQ_PROD ? EVENTQ_ABT : PRIQ_ABT);
    }
    if (connected && read(prodReg) != prod) {
      interrupt(prodReg);
    }
  }

  private boolean store(long address, long[] words) {
    if (!connected) {
      return true;
    }
    if (!memory.writable(address, words.length * 8)) {
      return false;
    }
    List<Integer> halves = new ArrayList<>();
    for (long word : words) {
      halves.add((int) word);
      halves.add((int) (word >>> 32));
    }
    writes.put(address, new MemoryWrite(address, List.copyOf(halves)));
    return true;
  }

  // Interrupts and global errors (3.18, 6.3.19, 7.5).

  private void interrupt(Reg prod) {
    if (prod == Reg.EVENTQ_PROD && (get(Reg.IRQ_CTRL) & 4) != 0) {
      message(get(Reg.EVENTQ_IRQ_CFG0), (int) get(Reg.EVENTQ_IRQ_CFG1), MSI_EVENTQ_ABT);
    } else if (prod == Reg.PRIQ_PROD && (get(Reg.IRQ_CTRL) & 2) != 0) {
      message(get(Reg.PRIQ_IRQ_CFG0), (int) get(Reg.PRIQ_IRQ_CFG1), MSI_PRIQ_ABT);
    }
  }

  /** An MSI; without an address the interrupt is a wire. */
  private void message(long address, int data, int abort) {
    if (!connected || !ids.msi() || address == 0) {
      return;
    }
    long target = address & ids.addressMask();
    if (memory.writable(target, 4)) {
      writes.put(target, new MemoryWrite(target, List.of(data)));
    } else {
      aborts.add(abort);
    }
  }

  /** 6.3.19: an error that is active is not raised again. */
  private void raise(int error) {
    if (active(error)) {
      return;
    }
    set(Reg.GERROR, get(Reg.GERROR) ^ bit(error));
    if (error != MSI_GERROR_ABT && (get(Reg.IRQ_CTRL) & 1) != 0) {
      message(get(Reg.GERROR_IRQ_CFG0), (int) get(Reg.GERROR_IRQ_CFG1), MSI_GERROR_ABT);
    }
  }

  private void settle() {
    while (!aborts.isEmpty()) {
      int abort = aborts.removeFirst();
      if ((existingErrors() & bit(abort)) != 0) {
        raise(abort);
      }
      checkpoint();
    }
  }

  private long existingErrors() {
    return existing(Reg.GERRORN);
  }

  private boolean active(int error) {
    return ((get(Reg.GERROR) ^ get(Reg.GERRORN)) & bit(error)) != 0;
  }

  // Small things.

  private static long bit(int number) {
    return 1L << number;
  }

  private static long wrapMask(int log2) {
    return (2L << log2) - 1;
  }

  int cmdqLog2() {
    return (int) Math.min(get(Reg.CMDQ_BASE) & 0x1f, ids.cmdqs());
  }

  private int eventqLog2() {
    return (int) Math.min(get(Reg.EVENTQ_BASE) & 0x1f, ids.eventqs());
  }

  private int priqLog2() {
    return (int) Math.min(get(Reg.PRIQ_BASE) & 0x1f, ids.priqs());
  }

  long get(Reg reg) {
    return registers.getOrDefault(reg, 0L);
  }

  private void set(Reg reg, long value) {
    registers.put(reg, value);
  }
}
