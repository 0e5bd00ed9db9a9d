package io.vsmmu.recordings.qemu;

/**
 * A place in the command queue as QEMU prints it: the index and the wrap bit apart, so that it
 * means something before the queue's size is known. Packed in a long: the wrap bit is bit 32.
 */
final class QueuePosition {

  /** Stands for a position that nothing has told yet. */
  static final long UNKNOWN = -1;

  /** Stands for a queue size that nothing has told yet. */
  static final int UNKNOWN_SIZE = -1;

  private static final long WRAP = 1L << 32;

  /** Index and wrap bit of the largest queue: 20 bits. */
  private static final long REGISTER_MASK = 0xf_ffff;

  private QueuePosition() {}

  static long of(long index, boolean wrap) {
    return (index & 0xffff_ffffL) | (wrap ? WRAP : 0);
  }

  static long index(long position) {
    return position & (WRAP - 1);
  }

  private static boolean wrap(long position) {
    return (position & WRAP) != 0;
  }

  /** The position in a register's value; {@link #UNKNOWN} while the queue's size is. */
  static long ofRegister(long value, int log2Size) {
    if (log2Size == UNKNOWN_SIZE) {
      return UNKNOWN;
    }
    long size = 1L << log2Size;
    return of(value & (size - 1), (value & size) != 0);
  }

  /** What a PROD register at {@code position} holds. */
  static long register(long position, int log2Size) {
    int shift = log2Size == UNKNOWN_SIZE ? 19 : log2Size;
    return index(position) | (wrap(position) ? 1L << shift : 0);
  }

  /** Whether a register with {@code value} can be at {@code position}. */
  static boolean matches(long value, long position, int log2Size) {
    long pointer = value & REGISTER_MASK;
    if (log2Size != UNKNOWN_SIZE) {
      return ofRegister(value, log2Size) == position;
    }
    long rest = pointer - index(position);
    return wrap(position) ? rest > 0 && Long.bitCount(rest) == 1 : rest == 0;
  }

  /** Whether {@code next} is the entry after {@code position}. */
  static boolean follows(long next, long position, int log2Size) {
    if (log2Size != UNKNOWN_SIZE) {
      return next == advance(position, log2Size);
    }
    boolean step = next == of(index(position) + 1, wrap(position));
    return step || next == of(0, !wrap(position));
  }

  static long advance(long position, int log2Size) {
    long index = index(position) + 1;
    return log2Size != UNKNOWN_SIZE && index >= 1L << log2Size
        ? of(0, !wrap(position))
        : of(index, wrap(position));
  }

  /** Entries from {@code from} to {@code to}; -1 if that is no way forward or unknown. */
  static long distance(long from, long to, int log2Size) {
    if (wrap(from) == wrap(to)) {
      return index(to) >= index(from) ? index(to) - index(from) : -1;
    }
    if (log2Size == UNKNOWN_SIZE) {
      return -1;
    }
    long distance = (1L << log2Size) - index(from) + index(to);
    return distance <= 1L << log2Size ? distance : -1;
  }
}
