package io.vsmmu.host;

import java.nio.LongBuffer;
import java.util.Arrays;

/**
 * An array of 16-byte invalidation commands as {@code struct iommu_viommu_arm_smmuv3_invalidate}
 * holds them: two 64-bit words each, raw. Immutable.
 */
public final class InvalidationBatch {

  /** Bytes of one entry: {@code struct iommu_viommu_arm_smmuv3_invalidate}. */
  public static final int ENTRY_BYTES = 16;

  /**
   * Most entries of one batch. The kernel copies the array into memory of one kmalloc, which is
   * limited to 4 MiB.
   */
  public static final int MAX_ENTRIES = 4 * 1024 * 1024 / ENTRY_BYTES;

  private static final int WORDS = ENTRY_BYTES / Long.BYTES;

  private final long[] words;

  private InvalidationBatch(long[] words) {
    this.words = words;
  }

  /**
   * Makes a batch of these words, two for each entry, low word first; the array is copied.
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
   * Copies all words to the beginning of a buffer, two for each entry, low word first; the buffer's
   * position does not change.
   *
   * @throws IndexOutOfBoundsException when the buffer is too short
   */
  public void copyTo(LongBuffer buffer) {
    buffer.put(0, words);
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
