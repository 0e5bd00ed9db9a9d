package io.vsmmu.recordings.qemu;

/**
 * An index into the command queue with its wrap bit (IHI 0070 3.5.1), as QEMU prints it: the two
 * apart, so that positions can be compared before the queue's size is known. Packed in a long whose
 * bit 32 is the wrap bit.
 */
final class QueuePosition {

  /** A position that is not known. */
  static final long UNKNOWN = -1;

  /** The log2 of the size of a queue whose size is not known. */
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

  /** The position that a register's value encodes; {@link #UNKNOWN} if the size is unknown. */
  static long ofRegister(long value, int log2Size) {
    if (log2Size == UNKNOWN_SIZE) {
      return UNKNOWN;
    }
    long size = 1L << log2Size;
    return of(value & (size - 1), (value & size) != 0);
  }

  /** The value of CMDQ_PROD at {@code position}. */
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

  /**
   * The number of entries from {@code from} forward to {@code to}; -1 if {@code to} is not ahead by
   * at most the queue's size, or the size would have to be known.
   */
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
