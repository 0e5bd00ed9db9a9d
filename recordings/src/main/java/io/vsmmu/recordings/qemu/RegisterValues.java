package io.vsmmu.recordings.qemu;

import io.vsmmu.smmu.spec.Register;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Values by the offsets that registers have (IHI 0070 6.1), as far as they are known. */
final class RegisterValues {

  private static final int PAGE_SHIFT = 16;
  private static final int PAGES = 2;
  private static final int WORDS = PAGES << (PAGE_SHIFT - 2);

  private static final short NONE = -1;

  /** The place of each word of both pages; {@link #NONE} where no register is. */
  private static final short[] PLACES = new short[WORDS];

  private static final int COUNT;

  static {
    short count = 0;
    for (int word = 0; word < WORDS; word++) {
      boolean register =
          Register.at(word << 2, 4).isPresent() || Register.at(word << 2, 8).isPresent();
      PLACES[word] = register ? count++ : NONE;
    }
    COUNT = count;
  }

  /** 0 where {@link #known} is false. */
  private final long[] values;

  private final boolean[] known;

  RegisterValues() {
    this(new long[COUNT], new boolean[COUNT]);
  }

  private RegisterValues(long[] values, boolean[] known) {
    this.values = values;
    this.known = known;
  }

  RegisterValues copy() {
    return new RegisterValues(values.clone(), known.clone());
  }

  /** Whether both know the same registers with the same values. */
  boolean same(RegisterValues other) {
    return Arrays.equals(known, other.known) && Arrays.equals(values, other.values);
  }

  boolean knows(int offset) {
    int place = place(offset);
    return place != NONE && known[place];
  }

  /** The value at an offset; 0 if it is not known. */
  long value(int offset) {
    int place = place(offset);
    return place == NONE ? 0 : values[place];
  }

  /** The value at an offset; null if it is not known. */
  @Nullable Long get(int offset) {
    return knows(offset) ? (Long) value(offset) : null;
  }

  /** Keeps a value, at an offset that a register has. */
  void put(int offset, long value) {
    int place = place(offset);
    values[place] = value;
    known[place] = true;
  }

  void remove(int offset) {
    int place = place(offset);
    if (place != NONE) {
      forget(place);
    }
  }

  void clear() {
    Arrays.fill(values, 0);
    Arrays.fill(known, false);
  }

  /** Keeps only the values that {@code other} has too. */
  void retain(RegisterValues other) {
    for (int place = 0; place < COUNT; place++) {
      if (!other.known[place] || values[place] != other.values[place]) {
        forget(place);
      }
    }
  }

  private void forget(int place) {
    values[place] = 0;
    known[place] = false;
  }

  private static int place(int offset) {
    boolean within = (offset & 3) == 0 && offset >>> 2 < WORDS;
    return within ? PLACES[offset >>> 2] : NONE;
  }
}
