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

/** Compares the registers that both guests read, word by word. */
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

  /** The queue indexes, each with the register that has the size of its queue. */
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

  private final MachinePair machines;

  /** Smallest log2 of the entries of each index's queue since the two indexes were equal. */
  private final Map<Register, Integer> smallest = new EnumMap<>(Register.class);

  /** QEMU's words after the preceding step. */
  private final Map<Integer, Long> before = new HashMap<>();

  RegisterComparison(MachinePair machines) {
    this.machines = machines;
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
    return MachinePair.log2(machines.vsmmu(INDEXES.getOrDefault(index, Register.CMDQ_BASE)));
  }

  private void compare(List<Integer> offsets) {
    List<Long> all = machines.qemu().readWords(offsets);
    for (int i = 0; i < offsets.size(); i++) {
      int offset = offsets.get(i);
      long vsmmu = machines.vsmmuWord(offset);
      long qemu = all.get(i);
      Register register = at(offset).orElseThrow();
      if (INDEXES.containsKey(register)) {
        int log2 = log2(register);
        smallest.merge(register, log2, vsmmu == qemu ? (_, now) -> now : Math::min);
      }
      if (vsmmu != qemu) {
        known(register, offset, vsmmu, qemu)
            .ifPresentOrElse(
                machines::saw,
                () -> {
                  throw new UnexplainedDifferenceException(
                      register + (offset == register.offset() ? "" : "+4"), vsmmu, qemu);
                });
      }
      before.put(offset, qemu);
    }
  }

  /** Compares a read that is a step of the program. */
  void read(int offset, int width) {
    long vsmmu = machines.vsmmu().read(offset, width);
    long qemu = machines.qemu().read(offset, width);
    if (width == Integer.BYTES && offset % Integer.BYTES == 0) {
      vsmmu = machines.vsmmuWord(offset);
    }
    if (vsmmu == qemu) {
      return;
    }
    Optional<Register> register = at(offset);
    boolean word = width == Integer.BYTES && register.isPresent();
    Optional<KnownDifference> known =
        word
            ? known(register.orElseThrow(), offset, vsmmu, qemu)
            : elsewhere(offset, width, vsmmu, qemu);
    if (known.isEmpty()) {
      throw new UnexplainedDifferenceException(
          "a read of %d bytes at 0x%x".formatted(width, offset), vsmmu, qemu);
    }
    machines.saw(known.get());
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

  private Optional<KnownDifference> elsewhere(int offset, int width, long vsmmu, long qemu) {
    if (width == Long.BYTES && offset % width == Integer.BYTES && vsmmu == 0) {
      long low = machines.qemu().read(offset, Integer.BYTES);
      long high = machines.qemu().read(offset + Integer.BYTES, Integer.BYTES);
      return sameWords(qemu, low, high)
          ? Optional.of(KnownDifference.UNALIGNED_IN_TWO_HALVES)
          : Optional.empty();
    }
    Optional<Register> register = at(offset);
    if (width == Long.BYTES && register.isPresent() && offset == register.get().offset()) {
      return halves(register.get(), offset, vsmmu, qemu);
    }
    boolean alias = vsmmu == 0 && machines.qemu().read(offset ^ QemuWords.PAGE_1, width) == qemu;
    return alias ? Optional.of(KnownDifference.PAGE_1_IS_PAGE_0) : Optional.empty();
  }

  private static boolean sameWords(long value, long low, long high) {
    return (value & 0xFFFF_FFFFL) == low && value >>> Integer.SIZE == high;
  }

  private Optional<KnownDifference> halves(Register register, int offset, long vsmmu, long qemu) {
    long low = 0xFFFF_FFFFL;
    boolean lower = (vsmmu & low) != (qemu & low);
    boolean upper = vsmmu >>> Integer.SIZE != qemu >>> Integer.SIZE;
    Optional<KnownDifference> known = Optional.empty();
    if (lower) {
      known = known(register, offset, vsmmu & low, qemu & low);
    }
    if (upper && (!lower || known.isPresent())) {
      known =
          known(register, offset + Integer.BYTES, vsmmu >>> Integer.SIZE, qemu >>> Integer.SIZE);
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

  /** The known difference that explains why a word of a register reads differently. */
  private Optional<KnownDifference> known(Register register, int offset, long vsmmu, long qemu) {
    long differing = vsmmu ^ qemu;
    if ((register == Register.IDR0 && (differing & ~STAGE_2) == 0)
        || (register == Register.IDR3 && differing == IdField.XNX.bits().mask())) {
      return Optional.of(KnownDifference.STAGE_2_SHOWN);
    }
    if (PERIPHERAL.contains(register) && vsmmu == 0) {
      return Optional.of(KnownDifference.PERIPHERAL_ID);
    }
    if (INDEXES.containsKey(register)) {
      return index(register, differing, qemu);
    }
    Optional<Long> written = machines.words().written(offset);
    if (MSI.contains(register) && vsmmu == 0 && written.filter(w -> w == qemu).isPresent()) {
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

  /** Explains a queue index: bits above it, and in CMDQ_CONS an error code without an error. */
  private Optional<KnownDifference> index(Register register, long differing, long qemu) {
    long errors = machines.qemu(Register.GERROR) ^ machines.qemu(Register.GERRORN);
    boolean meaningless = register == Register.CMDQ_CONS && !InterruptFields.CMDQ_ERR.isSet(errors);
    long rest = meaningless ? differing & ~TableFields.CMDQ_CONS_ERR.mask() : differing;
    if (rest == 0) {
      return Optional.of(KnownDifference.CMDQ_ERR_CODE_UNKNOWN);
    }
    int wrap = smallest.getOrDefault(register, 0);
    long above = TableFields.WR.mask() & (-1L << (wrap + 1));
    long written = machines.words().written(register.offset()).orElse(0L);
    long kept = before.getOrDefault(register.offset(), 0L);
    boolean stays = ((qemu ^ written) & rest & above) == 0 || ((qemu ^ kept) & rest & above) == 0;
    long reserved = register.fields().reservedMask(0);
    boolean readBack = ((qemu ^ written) & rest & reserved) == 0;
    if ((rest & ~above & ~reserved) != 0 || !stays || !readBack) {
      return Optional.empty();
    }
    if ((rest & TableFields.WR.mask() & ((2L << log2(register)) - 1)) != 0) {
      // The queue has grown, so bits that were above the index are part of it.
      machines.stopComparing();
    }
    return Optional.of(
        (rest & above) != 0
            ? KnownDifference.INDEX_ABOVE_WRAP_KEPT
            : KnownDifference.RES0_READ_BACK);
  }

  /** Whether a base differs in address bits above IDR5.OAS, and otherwise only in RES0 bits. */
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
              && ((qemu ^ machines.qemu(Register.CR0)) & differing) == 0;
      case IRQ_CTRLACK ->
          (differing & implemented(Register.IRQ_CTRL, Register.IRQ_CTRL.offset())) == 0
              && qemu == machines.qemu(Register.IRQ_CTRL);
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
          // The other errors are those of PRI, MSIs, ECMDQs and DPT.
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

  /** Compensates a write by which QEMU changed attributes of CR1 that are locked. */
  void controlAttributes() {
    long vsmmu = machines.vsmmu(Register.CR1);
    long qemu = machines.qemu(Register.CR1);
    long locked = (vsmmu ^ qemu) & CR1_ATTRIBUTES;
    boolean enabled = (machines.vsmmu(Register.CR0) & 0xF) != 0;
    if (locked != 0 && enabled) {
      machines.compensated(KnownDifference.CR1_TAKEN);
      long back = (qemu & ~CR1_ATTRIBUTES) | (vsmmu & CR1_ATTRIBUTES);
      machines.qemu().write(Register.CR1.offset(), Integer.BYTES, back);
      machines.words().wrote(QemuWords.of(Register.CR1.offset(), Integer.BYTES, back));
    }
  }
}
