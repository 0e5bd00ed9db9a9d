package io.vsmmu.differential;

import io.vsmmu.smmu.spec.ControlFields;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.TableFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The 32-bit words of page 0 that a write changes in QEMU's model, and the value last written to
 * each since its reset (hw/arm/smmuv3.c, smmu_write_mmio).
 */
final class QemuWords {

  /** Offset of register page 1 (IHI 0070, 6.1). */
  static final int PAGE_1 = 0x1_0000;

  /** Offsets of the registers that QEMU's model writes with 64 bits. */
  private static final Set<Integer> WIDE =
      Set.of(
          Register.GERROR_IRQ_CFG0.offset(),
          Register.STRTAB_BASE.offset(),
          Register.CMDQ_BASE.offset(),
          Register.EVENTQ_BASE.offset(),
          Register.EVENTQ_IRQ_CFG0.offset());

  private static final int FMT_TWO_LEVEL = 1;

  /** A word and the value written to it. */
  record Word(int offset, long value) {}

  private final Map<Integer, Long> written = new HashMap<>();
  private boolean twoLevel;

  /** The words that a write changes; none if QEMU ignores it. */
  static List<Word> of(int offset, int width, long value) {
    int at = offset & ~PAGE_1;
    boolean aligned = at % width == 0;
    if (width == Integer.BYTES && aligned) {
      return List.of(new Word(at, value));
    }
    boolean halves =
        width == Long.BYTES && at % Integer.BYTES == 0 && (!aligned || WIDE.contains(at));
    if (!halves) {
      return List.of();
    }
    // The upper half of an unaligned access may be in the next page, which is an alias.
    return List.of(
        new Word(at, value & 0xFFFF_FFFFL),
        new Word((at + Integer.BYTES) & ~PAGE_1, value >>> Integer.SIZE));
  }

  /** Records a write of the guest. */
  void wrote(List<Word> words) {
    for (Word word : words) {
      boolean ignored =
          word.offset == Register.GBPA.offset() && !ControlFields.GBPA_UPDATE.isSet(word.value);
      if (!ignored) {
        written.put(word.offset, word.value);
      }
      if (word.offset == Register.STRTAB_BASE_CFG.offset()
          && TableFields.STRTAB_FMT.get(word.value) == FMT_TWO_LEVEL) {
        twoLevel = true;
      }
    }
  }

  /** The value last written to a word since the reset; empty if it was not written. */
  Optional<Long> written(int offset) {
    return Optional.ofNullable(written.get(offset & ~PAGE_1));
  }

  /** Whether STRTAB_BASE_CFG had a 2-level Stream table at any time since the reset. */
  boolean twoLevel() {
    return twoLevel;
  }

  void reset() {
    written.clear();
    twoLevel = false;
  }

  /** The offsets of the words of a register. */
  static List<Integer> words(Register register) {
    List<Integer> offsets = new ArrayList<>();
    for (int at = 0; at < register.widthBits() / Byte.SIZE; at += Integer.BYTES) {
      offsets.add(register.offset() + at);
    }
    return offsets;
  }
}
