package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.FieldTable;

/**
 * A Context Descriptor: 64 bytes, eight little-endian words (IHI 0070, 5.4). Read only to show what
 * a guest configured; the hardware walks it itself.
 */
public record ContextDescriptor(
    long word0, long word1, long word2, long word3, long word4, long word5, long word6, long word7)
    implements MemoryStructure {

  public static final int WORDS = 8;

  public static final int SIZE_BYTES = WORDS * Long.BYTES;

  /**
   * The descriptor of these words.
   *
   * @throws IllegalArgumentException unless there are exactly eight
   */
  public static ContextDescriptor of(long... w) {
    if (w.length != WORDS) {
      throw new IllegalArgumentException("a CD has 8 words, not " + w.length);
    }
    return new ContextDescriptor(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
  }

  /**
   * The descriptor in these bytes.
   *
   * @throws IllegalArgumentException unless there are exactly 64
   */
  public static ContextDescriptor fromBytes(byte[] bytes) {
    return of(LittleEndian.words(bytes, WORDS));
  }

  @Override
  public long[] words() {
    return new long[] {word0, word1, word2, word3, word4, word5, word6, word7};
  }

  @Override
  public FieldTable fields() {
    return CdFields.TABLE;
  }
}
