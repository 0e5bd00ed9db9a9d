package io.vsmmu.differential;

import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Both machines during one program, and what is known of how they differ by now. */
final class Sides {

  /** What QEMU's reset leaves as it was (hw/arm/smmuv3.c, smmuv3_init_regs). */
  private static final Set<Register> KEPT =
      EnumSet.of(
          Register.CR1,
          Register.CR2,
          Register.GERROR_IRQ_CFG0,
          Register.GERROR_IRQ_CFG1,
          Register.GERROR_IRQ_CFG2,
          Register.EVENTQ_IRQ_CFG0,
          Register.EVENTQ_IRQ_CFG1,
          Register.EVENTQ_IRQ_CFG2,
          Register.STRTAB_BASE,
          Register.STRTAB_BASE_CFG,
          Register.CMDQ_BASE,
          Register.EVENTQ_BASE);

  private static final Set<Integer> QUEUE_SIZES =
      Set.of(Register.CMDQ_BASE.offset(), Register.EVENTQ_BASE.offset());

  private static final int QUEUE_SIZE_AFTER_RESET = 19;

  private final GatewayMachine ours;
  private final Oracle qemu;
  private final QemuWords words = new QemuWords();
  private final Map<KnownDifference, Integer> known = new EnumMap<>(KnownDifference.class);

  /** GERROR bits that only our guest acknowledged: its GERROR and GERRORN have toggled both. */
  private long acknowledged;

  private boolean parted;
  private boolean repaired;

  Sides(GatewayMachine ours, Oracle qemu) {
    this.ours = ours;
    this.qemu = qemu;
  }

  GatewayMachine ours() {
    return ours;
  }

  Oracle qemu() {
    return qemu;
  }

  QemuWords words() {
    return words;
  }

  /** A difference that is known was seen. */
  void saw(KnownDifference difference) {
    known.merge(difference, 1, Integer::sum);
  }

  /** It was seen, and there is nothing to compare any more until a reset of both. */
  void part(KnownDifference difference) {
    saw(difference);
    parted = true;
  }

  /** There is nothing to compare any more until a reset of both. */
  void part() {
    parted = true;
  }

  /** It was seen, and made up for. */
  void repaired(KnownDifference difference) {
    saw(difference);
    repaired = true;
  }

  boolean parted() {
    return parted;
  }

  /** Whether something was made up for since the last call. */
  boolean takeRepaired() {
    boolean was = repaired;
    repaired = false;
    return was;
  }

  Map<KnownDifference, Integer> known() {
    return known;
  }

  /** Our register as QEMU's guest would see it. */
  long ours(Register register) {
    long value = ours.read(register.offset(), register.widthBits() / Byte.SIZE);
    return register == Register.GERROR || register == Register.GERRORN
        ? value ^ acknowledged
        : value;
  }

  /** A 32-bit word of ours as QEMU's guest would see it. */
  long oursWord(int offset) {
    long value = ours.read(offset, Integer.BYTES);
    boolean errors = offset == Register.GERROR.offset() || offset == Register.GERRORN.offset();
    return errors ? value ^ acknowledged : value;
  }

  long qemu(Register register) {
    return qemu.read(register.offset(), register.widthBits() / Byte.SIZE);
  }

  /** Only our guest acknowledges errors, because QEMU's has none. */
  void acknowledgeOurs(long errors) {
    acknowledged ^= errors;
    long now = ours.read(Register.GERRORN.offset(), Integer.BYTES);
    ours.write(Register.GERRORN.offset(), Integer.BYTES, now ^ errors);
  }

  /** What our guest writes to GERRORN where QEMU's writes {@code value}. */
  long toOurs(Register register, long value) {
    return register == Register.GERRORN ? value ^ acknowledged : value;
  }

  private static long withSize(long base) {
    return TableFields.QUEUE_LOG2SIZE.set(base, QUEUE_SIZE_AFTER_RESET);
  }

  private Map<Integer, Long> qemuWords() {
    Map<Integer, Long> values = new HashMap<>();
    for (Register register : KEPT) {
      for (int offset : QemuWords.words(register)) {
        values.put(offset, qemu.read(offset, Integer.BYTES));
      }
    }
    return values;
  }

  /** log2 of the entries of a queue: LOG2SIZE, capped at 19. */
  static int log2(long base) {
    return (int) Math.min(TableFields.QUEUE_LOG2SIZE.get(base), 19);
  }

  /**
   * Resets both; what QEMU's reset leaves as it was is written to it.
   *
   * @param step whether the program asked for it, and what is seen counts
   */
  void reset(boolean step) {
    Map<Integer, Long> before = qemuWords();
    qemu.reset();
    ours.reset();
    boolean kept = false;
    for (Map.Entry<Integer, Long> word : before.entrySet()) {
      int offset = word.getKey();
      long mine = ours.read(offset, Integer.BYTES);
      long now = qemu.read(offset, Integer.BYTES);
      boolean sized = QUEUE_SIZES.contains(offset) && now == withSize(word.getValue());
      if (now != mine && (sized || now == word.getValue())) {
        kept |= step && now != QUEUE_SIZE_AFTER_RESET;
        if (step && sized) {
          saw(KnownDifference.QUEUE_SIZE_AFTER_RESET);
        }
        qemu.write(offset, Integer.BYTES, mine);
      }
    }
    if (kept) {
      saw(KnownDifference.RESET_KEEPS_REGISTERS);
    }
    ours.interrupted();
    words.reset();
    acknowledged = 0;
    parted = false;
    repaired = false;
  }
}
