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

  /**
   * The entry in these bytes.
   *
   * @throws IllegalArgumentException unless there are exactly 16
   */
  public static PageRequest fromBytes(byte[] bytes) {
    long[] words = LittleEndian.words(bytes, 2);
    return new PageRequest(words[0], words[1]);
  }

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

  /** The SubstreamID, 20 bits; counts if {@link #ssv}. */
  public int ssid() {
    return (int) SUBSTREAM_ID.get(word0);
  }

  /** Whether there is a SubstreamID. */
  public boolean ssv() {
    return SSV.isSet(word0);
  }

  /** Whether this is the last request of its group. */
  public boolean last() {
    return LAST.isSet(word0);
  }

  /** Page request group index, 0..511. */
  public int prgIndex() {
    return (int) PRG_INDEX1.get(word1);
  }

  /** Address of the requested page, aligned to 4KB. */
  public long pageAddress() {
    return PAGE_ADDR1.inPlace(word1);
  }
}
