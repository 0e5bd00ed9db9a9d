package io.vsmmu.recordings.qemu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds values by names that are part of a line, without making a String of them: a hash table with
 * open addressing. Immutable.
 */
final class NameTable<T> {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The golden ratio, scaled to 64 bits (Knuth, The Art of Computer Programming, 6.4). */
  private static final long MULTIPLIER = 0x9e37_79b9_7f4a_7c15L;

  /** The number of slots for each name, so that probe sequences are short. */
  private static final int SLOTS_PER_NAME = 4;

  private record Entry<T>(byte[] name, T value) {}

  private final @Nullable Entry<T>[] slots;

  /**
   * @param byName names in ASCII
   */
  @SuppressWarnings({"unchecked", "rawtypes"}) // There are no arrays of a generic type.
  NameTable(Map<String, T> byName) {
    slots = new Entry[2 * Integer.highestOneBit(SLOTS_PER_NAME * byName.size())];
    byName.forEach(
        (text, value) -> {
          byte[] name = text.getBytes(StandardCharsets.US_ASCII);
          int slot = slot(name, 0, name.length);
          while (slots[slot] != null) {
            slot = next(slot);
          }
          slots[slot] = new Entry<>(name, value);
        });
  }

  /** The value of the name in {@code bytes[from, to)}; null if there is none. */
  @Nullable T find(byte[] bytes, int from, int to) {
    int slot = slot(bytes, from, to);
    for (Entry<T> entry = slots[slot]; entry != null; entry = slots[slot]) {
      if (Arrays.equals(entry.name, 0, entry.name.length, bytes, from, to)) {
        return entry.value;
      }
      slot = next(slot);
    }
    return null;
  }

  /** The slot of the hash of the length and the last 16 bytes: names begin alike. */
  private int slot(byte[] bytes, int from, int to) {
    int length = to - from;
    long mixed = length;
    if (length >= Long.BYTES) {
      mixed += 31 * (long) WORD.get(bytes, to - Long.BYTES);
    }
    if (length >= 2 * Long.BYTES) {
      mixed += (long) WORD.get(bytes, to - 2 * Long.BYTES);
    }
    return (int) ((mixed * MULTIPLIER) >>> Integer.SIZE) & (slots.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (slots.length - 1);
  }
}
