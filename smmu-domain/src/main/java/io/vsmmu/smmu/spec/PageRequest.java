package io.vsmmu.smmu.spec;

import static io.vsmmu.smmu.bits.Bits.bit;
import static io.vsmmu.smmu.bits.Bits.field;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;

/**
 * One entry of the PRI queue: 16 bytes, two little-endian words (IHI 0070, chapter 8). Any two
 * words are an entry.
 */
public record PageRequest(long word0, long word1) implements MemoryStructure {

  public static final int SIZE_BYTES = 16;

  public static final Bits STREAM_ID = field("StreamID", 31, 0);
  public static final Bits SUBSTREAM_ID = field("SubstreamID", 51, 32);
  public static final Bits PRIV = bit("Priv", 58);
  public static final Bits EXECUTE = bit("X", 59);
  public static final Bits READ = bit("R", 60);
  public static final Bits WRITE = bit("W", 61);
  public static final Bits LAST = bit("Last", 62);
  public static final Bits SSV = bit("SSV", 63);
  public static final Bits PRG_INDEX1 = field("PRGIndex", 8, 0);
  public static final Bits PAGE_ADDR1 = field("PageAddr", 63, 12);

  public static final FieldTable TABLE =
      FieldTable.words(2)
          .word(0, STREAM_ID, SUBSTREAM_ID, PRIV, EXECUTE, READ, WRITE, LAST, SSV)
          .word(1, PRG_INDEX1, PAGE_ADDR1)
          .build();

  @Override
  public long[] words() {
    return new long[] {word0, word1};
  }

  @Override
  public FieldTable fields() {
    return TABLE;
  }

  /** The StreamID, 32 bits unsigned. */
  public int sid() {
    return (int) STREAM_ID.get(word0);
  }
}
