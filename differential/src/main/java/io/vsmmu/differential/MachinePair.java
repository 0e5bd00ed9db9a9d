package io.vsmmu.differential;

import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Both machines during one program, and the differences between them so far. */
final class MachinePair {

  /** Registers that QEMU's reset does not change (hw/arm/smmuv3.c, smmuv3_init_regs). */
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

  private final GatewayMachine vsmmu;
  private final Oracle qemu;
  private final QemuWords words = new QemuWords();
  private final Map<KnownDifference, Integer> known = new EnumMap<>(KnownDifference.class);

  /**
   * GERROR bits that only the vSMMU's guest acknowledged, so that its GERROR and GERRORN differ.
   */
  private long acknowledged;

  private boolean stopped;
  private boolean compensated;

  MachinePair(GatewayMachine vsmmu, Oracle qemu) {
    this.vsmmu = vsmmu;
    this.qemu = qemu;
  }

  GatewayMachine vsmmu() {
    return vsmmu;
  }

  Oracle qemu() {
    return qemu;
  }

  QemuWords words() {
    return words;
  }

  /** Records that a known difference has shown in this program. */
  void saw(KnownDifference difference) {
    known.merge(difference, 1, Integer::sum);
  }

  /** Records a known difference after which the machines cannot be compared until their reset. */
  void stopComparing(KnownDifference difference) {
    saw(difference);
    stopped = true;
  }

  /** The machines cannot be compared until their reset. */
  void stopComparing() {
    stopped = true;
  }

  /** Records a known difference that was compensated, so that the comparison continues. */
  void compensated(KnownDifference difference) {
    saw(difference);
    compensated = true;
  }

  boolean stopped() {
    return stopped;
  }

  /** Whether a difference was compensated since the last call. */
  boolean takeCompensated() {
    boolean was = compensated;
    compensated = false;
    return was;
  }

  Map<KnownDifference, Integer> known() {
    return known;
  }

  /** A register of the vSMMU, with the errors that only its guest acknowledged. */
  long vsmmu(Register register) {
    long value = vsmmu.read(register.offset(), register.widthBits() / Byte.SIZE);
    return register == Register.GERROR || register == Register.GERRORN
        ? value ^ acknowledged
        : value;
  }

  /** A 32-bit word of the vSMMU, with the errors that only its guest acknowledged. */
  long vsmmuWord(int offset) {
    long value = vsmmu.read(offset, Integer.BYTES);
    boolean errors = offset == Register.GERROR.offset() || offset == Register.GERRORN.offset();
    return errors ? value ^ acknowledged : value;
  }

  long qemu(Register register) {
    return qemu.read(register.offset(), register.widthBits() / Byte.SIZE);
  }

  /** Acknowledges errors at the vSMMU only, because QEMU does not have them. */
  void acknowledgeAtVsmmu(long errors) {
    acknowledged ^= errors;
    long now = vsmmu.read(Register.GERRORN.offset(), Integer.BYTES);
    vsmmu.write(Register.GERRORN.offset(), Integer.BYTES, now ^ errors);
  }

  /** The value that the vSMMU's guest writes to GERRORN if QEMU's guest writes {@code value}. */
  long forVsmmu(Register register, long value) {
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
   * Resets both machines, and writes the reset values of a vSMMU to the registers that QEMU's reset
   * does not change.
   *
   * @param step whether the reset is a step of the program, whose differences are recorded
   */
  void reset(boolean step) {
    Map<Integer, Long> before = qemuWords();
    qemu.reset();
    vsmmu.reset();
    boolean kept = false;
    for (Map.Entry<Integer, Long> word : before.entrySet()) {
      int offset = word.getKey();
      long mine = vsmmu.read(offset, Integer.BYTES);
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
    vsmmu.interrupted();
    words.reset();
    acknowledged = 0;
    stopped = false;
    compensated = false;
  }
}
