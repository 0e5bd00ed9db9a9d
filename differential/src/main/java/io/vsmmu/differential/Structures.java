package io.vsmmu.differential;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.spec.CdFields;
import io.vsmmu.smmu.spec.SteFields;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Builds the structures that an SMMU reads from guest memory. */
final class Structures {

  static final int STE_CONFIG_ABORT = 0;
  static final int STE_CONFIG_BYPASS = 4;
  static final int STE_CONFIG_STAGE1 = 5;
  static final int STE_CONFIG_STAGE2 = 6;

  /** Lowest address bit of the index of each level, with a 4 KiB granule and 39-bit addresses. */
  private static final int LEVEL_1_SHIFT = 30;

  private static final int LEVEL_2_SHIFT = 21;
  private static final int LEVEL_3_SHIFT = 12;
  private static final int INDEX_MASK = 0x1FF;
  private static final long TABLE = 3;

  /** A page: valid, AttrIndx 0, AF, inner shareable, EL0 may write. */
  private static final long PAGE = 3 | 1L << 6 | 3L << 8 | 1L << 10;

  private static final int T0SZ_39_BITS = 25;
  private static final int IPS_44_BITS = 4;

  private Structures() {}

  static byte[] words(long... words) {
    ByteBuffer bytes =
        ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long word : words) {
      bytes.putLong(word);
    }
    return bytes.array();
  }

  /** An STE with V=1, this Config, and its CD at {@code context}; the rest is 0. */
  static long[] ste(int config, long context) {
    long[] ste = new long[8];
    ste[0] =
        SteFields.V.set(SteFields.CONFIG.set(SteFields.S1CONTEXTPTR.inPlace(context), config), 1);
    return ste;
  }

  /** A CD whose TTB0 is {@link GuestMemoryMap#TRANSLATION_TABLES}; faults are recorded. */
  static long[] cd() {
    long[] cd = new long[8];
    cd[0] = set(cd[0], CdFields.V, 1);
    cd[0] = set(cd[0], CdFields.AA64, 1);
    cd[0] = set(cd[0], CdFields.T0SZ, T0SZ_39_BITS);
    cd[0] = set(cd[0], CdFields.EPD1, 1);
    cd[0] = set(cd[0], CdFields.IPS, IPS_44_BITS);
    cd[0] = set(cd[0], CdFields.A, 1);
    cd[0] = set(cd[0], CdFields.R, 1);
    cd[0] = set(cd[0], CdFields.ASID, 1);
    cd[1] = CdFields.TTB0.inPlace(GuestMemoryMap.TRANSLATION_TABLES);
    return cd;
  }

  private static long set(long word, Bits field, long value) {
    return field.set(word, value);
  }

  /** Three pages of translation tables that translate TARGET to TRANSLATED_TARGET. */
  static byte[] translationTables() {
    ByteBuffer pages = ByteBuffer.allocate(3 * GuestMemoryMap.PAGE).order(ByteOrder.LITTLE_ENDIAN);
    long level2 = GuestMemoryMap.TRANSLATION_TABLES + GuestMemoryMap.PAGE;
    long level3 = level2 + GuestMemoryMap.PAGE;
    pages.putLong(index(LEVEL_1_SHIFT) * Long.BYTES, level2 | TABLE);
    pages.putLong(GuestMemoryMap.PAGE + index(LEVEL_2_SHIFT) * Long.BYTES, level3 | TABLE);
    pages.putLong(
        2 * GuestMemoryMap.PAGE + index(LEVEL_3_SHIFT) * Long.BYTES,
        GuestMemoryMap.TRANSLATED_TARGET | PAGE);
    return pages.array();
  }

  private static int index(int shift) {
    return (int) (GuestMemoryMap.TARGET >>> shift) & INDEX_MASK;
  }

  /** A first-level descriptor of a Stream table. */
  static long l1(long table, int span) {
    return table | span;
  }
}
