package io.vsmmu.host;

import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * An array of 16-byte invalidation commands as {@code struct iommu_viommu_arm_smmuv3_invalidate}
 * holds them: two 64-bit words each, raw. Immutable.
 */
public final class InvalidationBatch {

  /** Size of one entry in bytes. */
  public static final int ENTRY_BYTES = 16;

  /** Most entries of one batch: what the kernel can take in one kmalloc of 4 MiB. */
  public static final int MAX_ENTRIES = 4 * 1024 * 1024 / ENTRY_BYTES;

  private static final int WORDS = ENTRY_BYTES / Long.BYTES;

  private final long[] words;

  private InvalidationBatch(long[] words) {
    this.words = words;
  }

  /**
   * A batch of these words, two per entry, low word first.
   *
   * @throws IllegalArgumentException for an odd number of words or more than {@link #MAX_ENTRIES}
   *     entries
   */
  public static InvalidationBatch of(long... words) {
    if (words.length % WORDS != 0 || words.length / WORDS > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "words: %d, allowed is an even number up to %d"
              .formatted(words.length, MAX_ENTRIES * WORDS));
    }
    return new InvalidationBatch(words.clone());
  }

  /** Number of entries. */
  public int size() {
    return words.length / WORDS;
  }

  /** Bits 63:0 of the entry at {@code index}, 0..size-1. */
  public long word0(int index) {
    return words[index * WORDS];
  }

  /** Bits 127:64 of the entry at {@code index}, 0..size-1. */
  public long word1(int index) {
    return words[index * WORDS + 1];
  }

  /** The entries {@code from} (inclusive) to {@code to} (exclusive). */
  public InvalidationBatch slice(int from, int to) {
    return new InvalidationBatch(Arrays.copyOfRange(words, from * WORDS, to * WORDS));
  }

  /**
   * Puts all words at the beginning of a buffer, two per entry, low word first; its position stays
   * where it is.
   *
   * @throws IndexOutOfBoundsException when it has not room for them
   */
  public void copyTo(LongBuffer buffer) {
    buffer.put(0, words);
  }

  /** All words, two per entry, low word first; a new array. */
  public long[] words() {
    return words.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof InvalidationBatch batch && Arrays.equals(words, batch.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }

  @Override
  public String toString() {
    return "InvalidationBatch[" + size() + " entries]";
  }
}
