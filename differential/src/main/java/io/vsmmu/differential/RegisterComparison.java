package io.vsmmu.differential;

import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.IdField;
import io.vsmmu.smmu.spec.InterruptFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Compares what both guests read, word by word. */
final class RegisterComparison {

  private static final long STAGE_2 = IdField.S2P.bits().mask() | IdField.VMID16.bits().mask();

  private static final Set<Register> MSI =
      EnumSet.of(
          Register.GERROR_IRQ_CFG0,
          Register.GERROR_IRQ_CFG1,
          Register.GERROR_IRQ_CFG2,
          Register.EVENTQ_IRQ_CFG0,
          Register.EVENTQ_IRQ_CFG1,
          Register.EVENTQ_IRQ_CFG2);

  private static final Set<Register> PERIPHERAL = EnumSet.range(Register.PIDR4, Register.PIDR3);

  private static final Set<Register> PERIPHERAL_OR_CLASS =
      EnumSet.range(Register.PIDR4, Register.CIDR3);

  private static final List<Integer> FIXED = words(true);
  private static final List<Integer> CHANGING = words(false);

  /** The indexes, each with what tells the size of its queue. */
  private static final Map<Register, Register> INDEXES =
      Map.of(
          Register.CMDQ_PROD, Register.CMDQ_BASE,
          Register.CMDQ_CONS, Register.CMDQ_BASE,
          Register.EVENTQ_PROD, Register.EVENTQ_BASE,
          Register.EVENTQ_CONS, Register.EVENTQ_BASE);

  private static final Set<Register> BASES =
      EnumSet.of(Register.STRTAB_BASE, Register.CMDQ_BASE, Register.EVENTQ_BASE);

  /** Bits of an ADDR field, up to bit 55, that are no output address. */
  static final long ABOVE_OAS =
      TableFields.QUEUE_ADDR.mask() & (-1L << GatewayMachine.IDS.oasBits());

  private static final long CR1_ATTRIBUTES = 0xFFF;

  private final Sides sides;

  /** log2 of the entries that each index's queue had at least since the two read the same. */
  private final Map<Register, Integer> smallest = new EnumMap<>(Register.class);

  /** QEMU's words after the step before. */
  private final Map<Integer, Long> before = new HashMap<>();

  RegisterComparison(Sides sides) {
    this.sides = sides;
  }

  /** Compares every word of the registers that can change. */
  void everything() {
    compare(CHANGING);
  }

  /** Compares every word of the registers that never change. */
  void identification() {
    compare(FIXED);
  }

  private int log2(Register index) {
    return Sides.log2(sides.ours(INDEXES.getOrDefault(index, Register.CMDQ_BASE)));
  }

  private void compare(List<Integer> offsets) {
    List<Long> all = sides.qemu().readWords(offsets);
    for (int i = 0; i < offsets.size(); i++) {
      int offset = offsets.get(i);
      long ours = sides.oursWord(offset);
      long qemu = all.get(i);
      Register register = at(offset).orElseThrow();
      if (INDEXES.containsKey(register)) {
        int log2 = log2(register);
        smallest.merge(register, log2, ours == qemu ? (_, now) -> now : Math::min);
      }
      if (ours != qemu) {
        known(register, offset, ours, qemu)
            .ifPresentOrElse(
                sides::saw,
                () -> {
                  throw new UnexplainedException(
                      register + (offset == register.offset() ? "" : "+4"), ours, qemu);
                });
      }
      before.put(offset, qemu);
    }
  }

  /** What a step read. */
  void read(int offset, int width) {
    long ours = sides.ours().read(offset, width);
    long qemu = sides.qemu().read(offset, width);
    if (width == Integer.BYTES && offset % Integer.BYTES == 0) {
      ours = sides.oursWord(offset);
    }
    if (ours == qemu) {
      return;
    }
    Optional<Register> register = at(offset);
    boolean word = width == Integer.BYTES && register.isPresent();
    Optional<KnownDifference> known =
        word
            ? known(register.orElseThrow(), offset, ours, qemu)
            : elsewhere(offset, width, ours, qemu);
    if (known.isEmpty()) {
      throw new UnexplainedException(
          "a read of %d bytes at 0x%x".formatted(width, offset), ours, qemu);
    }
    sides.saw(known.get());
  }

  private static List<Integer> words(boolean fixed) {
    return Stream.of(Register.values())
        .filter(
            register ->
                fixed
                    == (register.offset() < Register.CR0.offset()
                        || PERIPHERAL_OR_CLASS.contains(register)))
        .flatMap(register -> QemuWords.words(register).stream())
        .toList();
  }

  private Optional<KnownDifference> elsewhere(int offset, int width, long ours, long qemu) {
    if (width == Long.BYTES && offset % width == Integer.BYTES && ours == 0) {
      long low = sides.qemu().read(offset, Integer.BYTES);
      long high = sides.qemu().read(offset + Integer.BYTES, Integer.BYTES);
      return sameWords(qemu, low, high)
          ? Optional.of(KnownDifference.UNALIGNED_IN_TWO_HALVES)
          : Optional.empty();
    }
    Optional<Register> register = at(offset);
    if (width == Long.BYTES && register.isPresent() && offset == register.get().offset()) {
      return halves(register.get(), offset, ours, qemu);
    }
    boolean alias = ours == 0 && sides.qemu().read(offset ^ QemuWords.PAGE_1, width) == qemu;
    return alias ? Optional.of(KnownDifference.PAGE_1_IS_PAGE_0) : Optional.empty();
  }

  private static boolean sameWords(long value, long low, long high) {
    return (value & 0xFFFF_FFFFL) == low && value >>> Integer.SIZE == high;
  }

  private Optional<KnownDifference> halves(Register register, int offset, long ours, long qemu) {
    long low = 0xFFFF_FFFFL;
    boolean lower = (ours & low) != (qemu & low);
    boolean upper = ours >>> Integer.SIZE != qemu >>> Integer.SIZE;
    Optional<KnownDifference> known = Optional.empty();
    if (lower) {
      known = known(register, offset, ours & low, qemu & low);
    }
    if (upper && (!lower || known.isPresent())) {
      known = known(register, offset + Integer.BYTES, ours >>> Integer.SIZE, qemu >>> Integer.SIZE);
    }
    return known;
  }

  private static Optional<Register> at(int offset) {
    for (Register register : Register.values()) {
      if (QemuWords.words(register).contains(offset)) {
        return Optional.of(register);
      }
    }
    return Optional.empty();
  }

  /** Which known difference explains it that a word of a register reads differently. */
  private Optional<KnownDifference> known(Register register, int offset, long ours, long qemu) {
    long differing = ours ^ qemu;
    if ((register == Register.IDR0 && (differing & ~STAGE_2) == 0)
        || (register == Register.IDR3 && differing == IdField.XNX.bits().mask())) {
      return Optional.of(KnownDifference.STAGE_2_SHOWN);
    }
    if (PERIPHERAL.contains(register) && ours == 0) {
      return Optional.of(KnownDifference.PERIPHERAL_ID);
    }
    if (INDEXES.containsKey(register)) {
      return index(register, differing, qemu);
    }
    Optional<Long> written = sides.words().written(offset);
    if (MSI.contains(register) && ours == 0 && written.filter(w -> w == qemu).isPresent()) {
      return Optional.of(KnownDifference.MSI_REGISTERS_WITHOUT_MSI);
    }
    if (acknowledges(register, differing, qemu)) {
      return Optional.of(KnownDifference.ACK_OF_ABSENT_FEATURES);
    }
    if (aboveOas(register, offset, differing)
        && written.filter(w -> ((w ^ qemu) & differing) == 0).isPresent()) {
      return Optional.of(KnownDifference.ADDRESS_ABOVE_OAS_KEPT);
    }
    boolean readBack =
        register.mode() == Register.Mode.RW
            && (differing & implemented(register, offset)) == 0
            && written.filter(w -> ((w ^ qemu) & differing) == 0).isPresent();
    return readBack ? Optional.of(KnownDifference.RES0_READ_BACK) : Optional.empty();
  }

  /** An index: bits above it, and in CMDQ_CONS an error code that means nothing now. */
  private Optional<KnownDifference> index(Register register, long differing, long qemu) {
    long errors = sides.qemu(Register.GERROR) ^ sides.qemu(Register.GERRORN);
    boolean meaningless = register == Register.CMDQ_CONS && !InterruptFields.CMDQ_ERR.isSet(errors);
    long rest = meaningless ? differing & ~TableFields.CMDQ_CONS_ERR.mask() : differing;
    if (rest == 0) {
      return Optional.of(KnownDifference.CMDQ_ERR_CODE_UNKNOWN);
    }
    int wrap = smallest.getOrDefault(register, 0);
    long above = TableFields.WR.mask() & (-1L << (wrap + 1));
    long written = sides.words().written(register.offset()).orElse(0L);
    long kept = before.getOrDefault(register.offset(), 0L);
    boolean stays = ((qemu ^ written) & rest & above) == 0 || ((qemu ^ kept) & rest & above) == 0;
    long reserved = register.fields().reservedMask(0);
    boolean readBack = ((qemu ^ written) & rest & reserved) == 0;
    if ((rest & ~above & ~reserved) != 0 || !stays || !readBack) {
      return Optional.empty();
    }
    if ((rest & TableFields.WR.mask() & ((2L << log2(register)) - 1)) != 0) {
      // The queue has grown, and what was above the index is part of it.
      sides.part();
    }
    return Optional.of(
        (rest & above) != 0
            ? KnownDifference.INDEX_ABOVE_WRAP_KEPT
            : KnownDifference.RES0_READ_BACK);
  }

  /** Whether what differs in a base is address bits that IDR5.OAS does not have, and RES0 bits. */
  private static boolean aboveOas(Register register, int offset, long differing) {
    boolean base = BASES.contains(register) && offset != register.offset();
    long above = (register.fields().reservedMask(0) | ABOVE_OAS) >>> Integer.SIZE;
    return base && (differing & ABOVE_OAS >>> Integer.SIZE) != 0 && (differing & ~above) == 0;
  }

  private boolean acknowledges(Register register, long differing, long qemu) {
    return switch (register) {
      case CR0ACK ->
          (differing & implemented(Register.CR0, Register.CR0.offset())) == 0
              && (qemu & ~Register.CR0.fields().reservedMask(0)) == qemu
              && ((qemu ^ sides.qemu(Register.CR0)) & differing) == 0;
      case IRQ_CTRLACK ->
          (differing & implemented(Register.IRQ_CTRL, Register.IRQ_CTRL.offset())) == 0
              && qemu == sides.qemu(Register.IRQ_CTRL);
      default -> false;
    };
  }

  /** The bits of a word that a vSMMU with these ID registers implements. */
  private static long implemented(Register register, int offset) {
    long mask =
        switch (register) {
          case CR0 ->
              ControlFields.SMMUEN.mask()
                  | ControlFields.EVENTQEN.mask()
                  | ControlFields.CMDQEN.mask();
          // E2H, PTM and REC_CFG_ATS need IDR0.Hyp, BTM and ATS (6.3.12).
          case CR2 -> ControlFields.RECINVSID.mask();
          // The others are errors of PRI, MSIs, ECMDQs and DPT.
          case GERRORN ->
              InterruptFields.CMDQ_ERR.mask()
                  | InterruptFields.EVENTQ_ABT_ERR.mask()
                  | InterruptFields.SFM_ERR.mask();
          case IRQ_CTRL ->
              InterruptFields.GERROR_IRQEN.mask() | InterruptFields.EVENTQ_IRQEN.mask();
          default -> ~register.fields().reservedMask(0);
        };
    return (offset == register.offset() ? mask : mask >>> Integer.SIZE) & 0xFFFF_FFFFL;
  }

  /** Whether QEMU took attributes of CR1 that are locked; made up for. */
  void controlAttributes() {
    long ours = sides.ours(Register.CR1);
    long qemu = sides.qemu(Register.CR1);
    long locked = (ours ^ qemu) & CR1_ATTRIBUTES;
    boolean enabled = (sides.ours(Register.CR0) & 0xF) != 0;
    if (locked != 0 && enabled) {
      sides.repaired(KnownDifference.CR1_TAKEN);
      long back = (qemu & ~CR1_ATTRIBUTES) | (ours & CR1_ATTRIBUTES);
      sides.qemu().write(Register.CR1.offset(), Integer.BYTES, back);
      sides.words().wrote(QemuWords.of(Register.CR1.offset(), Integer.BYTES, back));
    }
  }
}
