package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The registers of the Non-secure programming interface, IHI 0070, 6.2. Offsets are bytes from the
 * base of page 0; page 1 starts at 0x10000. Reset values are those of {@link IdRegisters#DEFAULT}
 * for the identification registers, the specified value where there is one, and 0 where it is
 * UNKNOWN.
 */
public enum Register {
  IDR0(0x00, 32, Mode.RO, IdRegister.IDR0.fields(), IdRegisters.DEFAULT.idr0()),
  IDR1(0x04, 32, Mode.RO, IdRegister.IDR1.fields(), IdRegisters.DEFAULT.idr1()),
  IDR2(0x08, 32, Mode.RO, IdRegister.IDR2.fields(), IdRegisters.DEFAULT.idr2()),
  IDR3(0x0C, 32, Mode.RO, IdRegister.IDR3.fields(), IdRegisters.DEFAULT.idr3()),
  IDR4(0x10, 32, Mode.RO, IdRegister.IDR4.fields(), IdRegisters.DEFAULT.idr4()),
  IDR5(0x14, 32, Mode.RO, IdRegister.IDR5.fields(), IdRegisters.DEFAULT.idr5()),
  IIDR(0x18, 32, Mode.RO, IdRegister.IIDR.fields(), IdRegisters.DEFAULT.iidr()),
  AIDR(0x1C, 32, Mode.RO, IdRegister.AIDR.fields(), IdRegisters.DEFAULT.aidr()),
  CR0(0x20, 32, Mode.RW, ControlFields.CR0, 0),
  CR0ACK(0x24, 32, Mode.RO, ControlFields.CR0, 0),
  CR1(0x28, 32, Mode.RW, ControlFields.CR1, 0),
  CR2(0x2C, 32, Mode.RW, ControlFields.CR2, 0),
  STATUSR(0x40, 32, Mode.RO, ControlFields.STATUSR, 0),
  /** Resets to bypass with incoming shareability: IMPLEMENTATION DEFINED, 6.3.14. */
  GBPA(0x44, 32, Mode.RW, ControlFields.GBPA, 0x1000),
  AGBPA(0x48, 32, Mode.RW, ControlFields.AGBPA, 0),
  IRQ_CTRL(0x50, 32, Mode.RW, InterruptFields.IRQ_CTRL, 0),
  IRQ_CTRLACK(0x54, 32, Mode.RO, InterruptFields.IRQ_CTRL, 0),
  GERROR(0x60, 32, Mode.RO, InterruptFields.GERROR, 0),
  GERRORN(0x64, 32, Mode.RW, InterruptFields.GERROR, 0),
  GERROR_IRQ_CFG0(0x68, 64, Mode.RW, InterruptFields.IRQ_CFG0, 0),
  GERROR_IRQ_CFG1(0x70, 32, Mode.RW, InterruptFields.IRQ_CFG1, 0),
  GERROR_IRQ_CFG2(0x74, 32, Mode.RW, InterruptFields.IRQ_CFG2, 0),
  STRTAB_BASE(0x80, 64, Mode.RW, TableFields.STRTAB_BASE, 0),
  STRTAB_BASE_CFG(0x88, 32, Mode.RW, TableFields.STRTAB_BASE_CFG, 0),
  CMDQ_BASE(0x90, 64, Mode.RW, TableFields.CMDQ_BASE, 0),
  CMDQ_PROD(0x98, 32, Mode.RW, TableFields.CMDQ_PROD, 0),
  CMDQ_CONS(0x9C, 32, Mode.RW, TableFields.CMDQ_CONS, 0),
  EVENTQ_BASE(0xA0, 64, Mode.RW, TableFields.OUTPUT_QUEUE_BASE, 0),
  EVENTQ_IRQ_CFG0(0xB0, 64, Mode.RW, InterruptFields.IRQ_CFG0, 0),
  EVENTQ_IRQ_CFG1(0xB8, 32, Mode.RW, InterruptFields.IRQ_CFG1, 0),
  EVENTQ_IRQ_CFG2(0xBC, 32, Mode.RW, InterruptFields.IRQ_CFG2, 0),
  PRIQ_BASE(0xC0, 64, Mode.RW, TableFields.OUTPUT_QUEUE_BASE, 0),
  PRIQ_IRQ_CFG0(0xD0, 64, Mode.RW, InterruptFields.IRQ_CFG0, 0),
  PRIQ_IRQ_CFG1(0xD8, 32, Mode.RW, InterruptFields.IRQ_CFG1, 0),
  PRIQ_IRQ_CFG2(0xDC, 32, Mode.RW, InterruptFields.PRIQ_IRQ_CFG2, 0),
  PIDR4(0xFD0, 0),
  PIDR5(0xFD4, 0),
  PIDR6(0xFD8, 0),
  PIDR7(0xFDC, 0),
  PIDR0(0xFE0, 0),
  PIDR1(0xFE4, 0),
  PIDR2(0xFE8, 0),
  PIDR3(0xFEC, 0),
  CIDR0(0xFF0, 0x0D),
  CIDR1(0xFF4, 0xF0),
  CIDR2(0xFF8, 0x05),
  CIDR3(0xFFC, 0xB1),
  EVENTQ_PROD(0x100A8, 32, Mode.RW, TableFields.OUTPUT_QUEUE_PROD, 0),
  EVENTQ_CONS(0x100AC, 32, Mode.RW, TableFields.OUTPUT_QUEUE_CONS, 0),
  PRIQ_PROD(0x100C8, 32, Mode.RW, TableFields.OUTPUT_QUEUE_PROD, 0),
  PRIQ_CONS(0x100CC, 32, Mode.RW, TableFields.OUTPUT_QUEUE_CONS, 0);

  /** Whether a guest write can ever have an effect. */
  public enum Mode {
    /** Read-only: writes are ignored. */
    RO,
    /** Writable, possibly only while something else is disabled. */
    RW
  }

  private static final int PAGES = 2;
  private static final int PAGE_SHIFT = 16;

  /** The registers of each page lie within its first 4 KB. */
  private static final int PAGE_WORDS = 1024;

  /** What accesses of 4 and of 8 bytes reach, by page and word; made once, for every read. */
  private static final List<Optional<RegisterAccess>> WORDS = accesses(32);

  private static final List<Optional<RegisterAccess>> DOUBLE_WORDS = accesses(64);

  private final int offset;
  private final int widthBits;
  private final Mode mode;
  private final FieldTable fields;
  private final long resetValue;

  Register(int offset, int widthBits, Mode mode, FieldTable fields, int resetValue) {
    this.offset = offset;
    this.widthBits = widthBits;
    this.mode = mode;
    this.fields = fields;
    this.resetValue = Integer.toUnsignedLong(resetValue);
  }

  /**
   * An identification register of 6.2's ID_REGS: the class code, else RAZ (IMPLEMENTATION DEFINED).
   */
  Register(int offset, int value) {
    this(offset, 32, Mode.RO, FieldTable.of32(Bits.field("ID", 7, 0)), value);
  }

  /** Byte offset from the base of page 0. */
  public int offset() {
    return offset;
  }

  /** The register's width: 32 or 64 bits. */
  public int widthBits() {
    return widthBits;
  }

  public Mode mode() {
    return mode;
  }

  /** The fields; bits outside them are RES0. */
  public FieldTable fields() {
    return fields;
  }

  /** The value after reset, zero-extended. */
  public long resetValue() {
    return resetValue;
  }

  /**
   * The register an aligned access of 4 or 8 bytes reaches. 6.2 requires 32-bit access to 32-bit
   * registers and to both halves of 64-bit registers, and 64-bit access to 64-bit registers. A
   * 64-bit access to two neighbouring 32-bit registers is CONSTRAINED UNPREDICTABLE there; of the
   * permitted behaviours this interface has RAZ/WI, like for every other size, for unaligned
   * accesses and for offsets without a register: all of them give an empty result.
   *
   * <p>Allocates nothing.
   *
   * @param offset bytes from the base of page 0, any value
   * @param widthBytes size of the access, any value
   */
  public static Optional<RegisterAccess> at(int offset, int widthBytes) {
    int index = index(offset);
    if (index < 0) {
      return Optional.empty();
    }
    return switch (widthBytes) {
      case 4 -> WORDS.get(index);
      case 8 -> DOUBLE_WORDS.get(index);
      default -> Optional.empty();
    };
  }

  /** Page and word of an offset; -1 where no register can be. */
  private static int index(int offset) {
    int page = offset >>> PAGE_SHIFT;
    int word = (offset & ((1 << PAGE_SHIFT) - 1)) >>> 2;
    boolean within = page < PAGES && word < PAGE_WORDS && (offset & 3) == 0;
    return within ? page * PAGE_WORDS + word : -1;
  }

  private static List<Optional<RegisterAccess>> accesses(int accessBits) {
    List<Optional<RegisterAccess>> table =
        new ArrayList<>(Collections.nCopies(PAGES * PAGE_WORDS, Optional.empty()));
    for (Register register : values()) {
      for (int shift = 0; shift + accessBits <= register.widthBits; shift += accessBits) {
        table.set(
            index(register.offset + shift / Byte.SIZE),
            Optional.of(new RegisterAccess(register, shift, accessBits)));
      }
    }
    return List.copyOf(table);
  }
}
