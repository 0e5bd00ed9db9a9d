package io.vsmmu.smmu.spec;

/**
 * A PROD or CONS index of a queue of 2^log2Size entries: an index and, above it, the wrap bit (IHI
 * 0070, 3.5.1).
 *
 * @param value index and wrap bit, log2Size+1 bits
 * @param log2Size log2 of the number of entries, 0..19
 */
public record QueuePointer(int value, int log2Size) {

  /** Largest queue the architecture has: 2^19 entries. */
  public static final int MAX_LOG2_SIZE = 19;

  public QueuePointer {
    if (log2Size < 0 || log2Size > MAX_LOG2_SIZE) {
      throw new IllegalArgumentException("log2 of a queue's size is 0..19, not " + log2Size);
    }
    if ((value & ~mask(log2Size)) != 0) {
      throw new IllegalArgumentException(
          "0x%x is no index with wrap bit of 2^%d entries".formatted(value, log2Size));
    }
  }

  /**
   * The pointer in a register: higher bits (error code, overflow flag, unused index bits) dropped.
   */
  public static QueuePointer normalise(int register, int log2Size) {
    return new QueuePointer(register & mask(log2Size), log2Size);
  }

  /** The number of entries of the queue, a power of two. */
  public int size() {
    return 1 << log2Size;
  }

  /** The entry pointed to, 0..size-1. */
  public int index() {
    return value & (size() - 1);
  }

  /** The pointer {@code entries} (0 or more) further on. */
  public QueuePointer advance(int entries) {
    return normalise(value + entries, log2Size);
  }

  /** As PROD: whether nothing is queued for {@code cons}. */
  public boolean emptyFor(QueuePointer cons) {
    return distanceFrom(cons) == 0;
  }

  /** As PROD: whether no entry is free: same index, other wrap bit. */
  public boolean fullFor(QueuePointer cons) {
    return distanceFrom(cons) == size();
  }

  /**
   * As PROD: steps from {@code cons}, 0..2*size-1. More than {@link #size} means that the two do
   * not belong together: software wrote an inconsistent pair.
   */
  public int distanceFrom(QueuePointer cons) {
    requireSameQueue(cons);
    return (value - cons.value) & mask(log2Size);
  }

  /** Whether {@code cons} can belong to this PROD: at most {@link #size} entries between them. */
  public boolean consistentWith(QueuePointer cons) {
    return distanceFrom(cons) <= size();
  }

  private void requireSameQueue(QueuePointer other) {
    if (other.log2Size != log2Size) {
      throw new IllegalArgumentException(
          "pointers of queues of 2^%d and 2^%d entries".formatted(log2Size, other.log2Size));
    }
  }

  private static int mask(int log2Size) {
    return (2 << log2Size) - 1;
  }
}
