package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.IdRegister;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values of one vSMMU's registers, as far as the trace has shown them. */
final class TracedRegisters {

  private static final Bits SMMUEN = Bits.bit("SMMUEN", 0);
  private static final Bits EVENTQEN = Bits.bit("EVENTQEN", 2);
  private static final Bits CMDQEN = Bits.bit("CMDQEN", 3);
  private static final Bits LOG2SIZE = Bits.field("LOG2SIZE", 4, 0);

  /** CMDQ_CONS without its error code. */
  private static final long CONS_POINTER = 0xf_ffff;

  private static final int LAST_ID_OFFSET = Register.AIDR.offset();

  /** In the order of their offsets, which are four bytes apart. */
  private static final List<IdRegister> ID_REGISTERS = List.of(IdRegister.values());

  private IdRegisters ids = IdRegisters.DEFAULT;

  private int idsSeen;

  /** The last known values by offset. */
  private final RegisterValues written;

  private @Nullable Long cr0;
  private @Nullable Long commandQueueBase;
  private @Nullable Long streamTableBase;

  TracedRegisters() {
    this(new RegisterValues());
  }

  private TracedRegisters(RegisterValues written) {
    this.written = written;
  }

  TracedRegisters copy() {
    TracedRegisters copy = new TracedRegisters(written.copy());
    copy.ids = ids;
    copy.idsSeen = idsSeen;
    copy.remember();
    return copy;
  }

  /** Whether both know the same registers with the same values. */
  boolean same(TracedRegisters other) {
    return idsSeen == other.idsSeen && ids.equals(other.ids) && written.same(other.written);
  }

  static boolean isId(int offset) {
    return offset >= 0 && offset <= LAST_ID_OFFSET && (offset & 3) == 0;
  }

  IdRegisters ids() {
    return ids;
  }

  boolean idSeen(int offset) {
    return (idsSeen & (1 << (offset >> 2))) != 0;
  }

  boolean idFits(int offset, long value) {
    return !idSeen(offset) || ids.word(ID_REGISTERS.get(offset >> 2)) == (int) value;
  }

  void id(int offset, long value) {
    ids = ids.withWord(ID_REGISTERS.get(offset >> 2), (int) value);
    idsSeen |= 1 << (offset >> 2);
  }

  /** The register's value; null if it is unknown. */
  @Nullable Long value(Register register) {
    return switch (register) {
      case CR0 -> cr0;
      case CMDQ_BASE -> commandQueueBase;
      case STRTAB_BASE -> streamTableBase;
      default -> written.get(register.offset());
    };
  }

  private void put(int offset, long value) {
    written.put(offset, value);
    if (offset == Register.CR0.offset()
        || offset == Register.CMDQ_BASE.offset()
        || offset == Register.STRTAB_BASE.offset()) {
      remember();
    }
  }

  /** Copies the values that every access needs from the map. */
  private void remember() {
    cr0 = written.get(Register.CR0.offset());
    commandQueueBase = written.get(Register.CMDQ_BASE.offset());
    streamTableBase = written.get(Register.STRTAB_BASE.offset());
  }

  boolean certainly(Register register, Bits field, boolean set) {
    Long value = value(register);
    return value != null && field.isSet(value) == set;
  }

  boolean commandQueueCertainly(boolean enabled) {
    return certainly(Register.CR0, CMDQEN, enabled);
  }

  boolean smmuCertainly(boolean enabled) {
    return certainly(Register.CR0, SMMUEN, enabled);
  }

  static boolean enablesCommandQueue(long cr0) {
    return CMDQEN.isSet(cr0);
  }

  static boolean enablesSmmu(long cr0) {
    return SMMUEN.isSet(cr0);
  }

  void write(int offset, int width, long value) {
    if (Register.at(offset, width).isPresent()) {
      put(offset, value);
    }
  }

  /** A read has shown a value other than the one that was assumed. */
  void read(int offset, long value) {
    if (offset == Register.CR0ACK.offset()) {
      put(Register.CR0.offset(), value);
    } else if (offset == Register.IRQ_CTRLACK.offset()) {
      put(Register.IRQ_CTRL.offset(), value);
    } else if (Register.at(offset, 4).isPresent()) {
      put(offset, value);
    }
  }

  /** Whether the register is known to hold {@code value}. */
  boolean equalsKnown(int offset, long value) {
    return written.knows(offset) && written.value(offset) == value;
  }

  /** Whether the write repeats the known value of EVENTQ_CONS, so that no event was consumed. */
  boolean repeatsEventConsumer(int offset, long value) {
    return offset == Register.EVENTQ_CONS.offset() && equalsKnown(offset, value);
  }

  /**
   * Whether a write of this index that has no effect is part of a queue's initialisation: while the
   * queue is enabled, a write of CMDQ_PROD makes it consume, and CMDQ_CONS and EVENTQ_PROD are
   * written by the SMMU (IHI 0070 6.3).
   */
  static boolean queueSetUp(int offset) {
    return offset == Register.CMDQ_PROD.offset()
        || offset == Register.CMDQ_CONS.offset()
        || offset == Register.EVENTQ_PROD.offset();
  }

  /** Whether a driver accesses the register only to initialise the SMMU or to shut it down. */
  static boolean initialisation(int offset) {
    return Register.at(offset, 4)
        .map(
            access ->
                switch (access.register()) {
                  case CMDQ_PROD, CMDQ_CONS, EVENTQ_PROD, EVENTQ_CONS, PRIQ_PROD, PRIQ_CONS ->
                      false;
                  case GERROR, GERRORN, STATUSR -> false;
                  default -> true;
                })
        .orElse(false);
  }

  /** Whether the register holds the address of a table or queue. */
  static boolean base(int offset) {
    return offset == Register.STRTAB_BASE.offset()
        || offset == Register.CMDQ_BASE.offset()
        || offset == Register.EVENTQ_BASE.offset();
  }

  /** Keeps only the values that {@code other} has too. */
  void retain(TracedRegisters other) {
    written.retain(other.written);
    remember();
    for (int i = 0; i < ID_REGISTERS.size(); i++) {
      IdRegister register = ID_REGISTERS.get(i);
      boolean alike =
          ids.word(register) == other.ids.word(register) && idSeen(4 * i) && other.idSeen(4 * i);
      idsSeen &= alike ? -1 : ~(1 << i);
    }
  }

  void uncertain(int offset) {
    written.remove(offset);
    remember();
  }

  void forget() {
    written.clear();
    remember();
  }

  /** Sets the reset values of the registers that attribution compares. */
  void reset() {
    written.clear();
    remember();
    put(Register.CR0.offset(), 0L);
    put(Register.IRQ_CTRL.offset(), 0L);
    put(Register.EVENTQ_CONS.offset(), 0L);
  }

  /** log2 of the command queue's entries; {@link QueuePosition#UNKNOWN_SIZE} if unknown. */
  int commandQueueLog2() {
    Long base = value(Register.CMDQ_BASE);
    return base == null
        ? QueuePosition.UNKNOWN_SIZE
        : (int)
            Math.min(LOG2SIZE.get(base), Math.min(ids().cmdqsLog2(), QueuePointer.MAX_LOG2_SIZE));
  }

  /**
   * Whether a read of a register other than CMDQ_CONS and the ID registers can have returned {@code
   * value}.
   */
  boolean readFits(int offset, long value) {
    if (offset == Register.CR0ACK.offset()) {
      return equal(Register.CR0.offset(), value);
    }
    if (offset == Register.IRQ_CTRLACK.offset()) {
      return equal(Register.IRQ_CTRL.offset(), value);
    }
    return Register.at(offset, 4)
        .map(access -> access.register())
        .filter(TracedRegisters::keepsWhatIsWritten)
        .map(register -> equal(offset, value))
        .orElse(true);
  }

  private boolean equal(int offset, long value) {
    return !written.knows(offset) || written.value(offset) == value;
  }

  /** Registers that only the guest changes and that read back as written. */
  private static boolean keepsWhatIsWritten(Register register) {
    return switch (register) {
      case CR0, IRQ_CTRL, GERRORN, CMDQ_PROD -> true;
      default -> false;
    };
  }

  /** Whether a write is ignored because the SMMU or the queue is enabled (IHI 0070 6.3). */
  boolean locked(int offset) {
    return Register.at(offset, 4).map(access -> locked(access.register())).orElse(false);
  }

  private boolean locked(Register register) {
    return switch (register) {
      case CR1, CR2, STRTAB_BASE, STRTAB_BASE_CFG -> smmuCertainly(true);
      case CMDQ_BASE, CMDQ_CONS -> commandQueueCertainly(true);
      case EVENTQ_BASE, EVENTQ_PROD -> certainly(Register.CR0, EVENTQEN, true);
      case GERROR_IRQ_CFG0, GERROR_IRQ_CFG1, GERROR_IRQ_CFG2 ->
          certainly(Register.IRQ_CTRL, Bits.bit("GERROR_IRQEN", 0), true);
      case EVENTQ_IRQ_CFG0, EVENTQ_IRQ_CFG1, EVENTQ_IRQ_CFG2 ->
          certainly(Register.IRQ_CTRL, Bits.bit("EVENTQ_IRQEN", 2), true);
      default -> false;
    };
  }

  static long consPointer(long value) {
    return value & CONS_POINTER;
  }
}
