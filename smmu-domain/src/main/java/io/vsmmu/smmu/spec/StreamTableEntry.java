package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.Bits;
import io.vsmmu.smmu.bits.FieldTable;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A Stream Table Entry: 64 bytes, eight little-endian words (IHI 0070, 5.2). Any eight words are an
 * entry; whether it is ILLEGAL is not decided here.
 */
public record StreamTableEntry(
    long word0, long word1, long word2, long word3, long word4, long word5, long word6, long word7)
    implements MemoryStructure {

  public static final int WORDS = 8;

  public static final int SIZE_BYTES = WORDS * Long.BYTES;

  /**
   * Bits of word 0 that the host accepts in a nested HWPT: V, Config, S1Fmt, S1ContextPtr [51:6]
   * and S1CDMax ({@code STRTAB_STE_0_NESTING_ALLOWED}, drivers/iommu/arm/arm-smmu-v3).
   */
  public static final long HOST_WORD0_MASK = 0xf80f_ffff_ffff_ffffL;

  /**
   * Bits of word 1 that the host accepts in a nested HWPT: S1DSS, S1CIR, S1COR, S1CSH, S1STALLD and
   * EATS ({@code STRTAB_STE_1_NESTING_ALLOWED}).
   */
  public static final long HOST_WORD1_MASK = 0x0000_0000_3800_00ffL;

  /** The meanings of the three bits of STE.Config (IHI 0070, 5.2). */
  public enum Config {
    /** 0b000, and 0b001 to 0b011, which behave the same: no traffic, no event. */
    ABORT,
    /** Config is 0b100: no stage translates. */
    BYPASS,
    /** Config is 0b101: stage 1 translates. */
    STAGE1,
    /** Config is 0b110: stage 2 translates. */
    STAGE2,
    /** Config is 0b111: both stages translate. */
    NESTED;

    /** The meaning of the three bits; total. */
    public static Config of(int bits) {
      return switch (bits & 0b111) {
        case 0b100 -> BYPASS;
        case 0b101 -> STAGE1;
        case 0b110 -> STAGE2;
        case 0b111 -> NESTED;
        default -> ABORT;
      };
    }

    /** Whether stage 1 translates, so that the S1* fields are not IGNORED. */
    public boolean stage1() {
      return this == STAGE1 || this == NESTED;
    }

    /** Whether stage 2 translates, so that the S2* fields are not IGNORED. */
    public boolean stage2() {
      return this == STAGE2 || this == NESTED;
    }
  }

  /** The entry whose words 2 to 7 are zero. */
  public static StreamTableEntry ofTwoWords(long word0, long word1) {
    return new StreamTableEntry(word0, word1, 0, 0, 0, 0, 0, 0);
  }

  /**
   * The entry of these words.
   *
   * @throws IllegalArgumentException unless there are exactly eight
   */
  public static StreamTableEntry of(long... w) {
    if (w.length != WORDS) {
      throw new IllegalArgumentException("an STE has 8 words, not " + w.length);
    }
    return new StreamTableEntry(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]);
  }

  /** Reads the next 64 bytes of {@code buffer}, as little-endian whatever its order. */
  public static StreamTableEntry read(ByteBuffer buffer) {
    return of(LittleEndian.read(buffer, WORDS));
  }

  @Override
  public long[] words() {
    return new long[] {word0, word1, word2, word3, word4, word5, word6, word7};
  }

  @Override
  public FieldTable fields() {
    return SteFields.TABLE;
  }

  /** The fields in which {@code after} differs from this entry. */
  public List<FieldTable.Difference> diff(StreamTableEntry after) {
    return SteFields.TABLE.diff(words(), after.words());
  }

  /** Whether a RES0 bit is set; the SMMU ignores them. */
  public boolean reservedBitsSet() {
    return SteFields.TABLE.reservedBitsSet(words());
  }

  /** Word 0 restricted to what the host accepts. */
  public long hostWord0() {
    return word0 & HOST_WORD0_MASK;
  }

  /** Word 1 restricted to what the host accepts. */
  public long hostWord1() {
    return word1 & HOST_WORD1_MASK;
  }

  /** V: without it the rest means nothing. */
  public boolean valid() {
    return SteFields.V.isSet(word0);
  }

  /** Config as its three bits, 0..7. */
  public int configBits() {
    return get(SteFields.CONFIG, word0);
  }

  /** Config as its meaning; only counts if {@link #valid}. */
  public Config config() {
    return Config.of(configBits());
  }

  /** S1Fmt: 0 linear, 1 two-level with 4KB leaves, 2 with 64KB leaves, 3 like 0. */
  public int s1Fmt() {
    return get(SteFields.S1FMT, word0);
  }

  /** S1ContextPtr as an address, 64-byte aligned. */
  public long s1ContextPtr() {
    return SteFields.S1CONTEXTPTR.inPlace(word0);
  }

  /** S1CDMax: log2 of the number of CDs, 0..31. */
  public int s1CdMax() {
    return get(SteFields.S1CDMAX, word0);
  }

  /** S1DSS: transactions without a SubstreamID 0 terminate, 1 bypass, 2 use CD 0. */
  public int s1Dss() {
    return get(SteFields.S1DSS, word1);
  }

  /** S1CSH, 0 to 3: shareability of accesses to CDs. */
  public int s1Csh() {
    return get(SteFields.S1CSH, word1);
  }

  /** S1STALLD: no stalls at stage 1. */
  public boolean s1StallD() {
    return SteFields.S1STALLD.isSet(word1);
  }

  /** EATS: 0 none, 1 full ATS, 2 split-stage, 3 with DPT checks. */
  public int eats() {
    return get(SteFields.EATS, word1);
  }

  /** STRW, 0 to 3: the translation regime of stage 1. */
  public int strw() {
    return get(SteFields.STRW, word1);
  }

  /** MemAttr, 0 to 15: the memory type with which MTCFG overrides that of transactions. */
  public int memAttr() {
    return get(SteFields.MEMATTR, word1);
  }

  /** MTCFG: memory type replaced by MemAttr. */
  public boolean mtCfg() {
    return SteFields.MTCFG.isSet(word1);
  }

  /** ALLOCCFG, 0 to 15: override of allocation hints. */
  public int allocCfg() {
    return get(SteFields.ALLOCCFG, word1);
  }

  /** SHCFG: 0 non-shareable, 1 the incoming shareability, 2 outer, 3 inner shareable. */
  public int shCfg() {
    return get(SteFields.SHCFG, word1);
  }

  /** PRIVCFG, 0 to 3: override of the privilege attribute. */
  public int privCfg() {
    return get(SteFields.PRIVCFG, word1);
  }

  /** INSTCFG, 0 to 3: override of the instruction attribute. */
  public int instCfg() {
    return get(SteFields.INSTCFG, word1);
  }

  private static int get(Bits field, long word) {
    return (int) field.get(word);
  }
}
