package io.vsmmu.smmu.spec;

import io.vsmmu.smmu.bits.Bits;

/**
 * Where the Stream table keeps the entry of a StreamID: a pure function of STRTAB_BASE and
 * STRTAB_BASE_CFG, IHI 0070, 3.3.1, 5.1, 6.3.24 and 6.3.25. StreamIDs are unsigned 32-bit values.
 *
 * @param base aligned address of the (first level) table
 * @param log2Size StreamID bits the table covers, already limited to IDR1.SIDSIZE
 * @param split StreamID bits the second level resolves: 6, 8 or 10; 0 for a linear table
 */
public record StreamTableGeometry(long base, int log2Size, int split) {

  /** Bytes of a first-level descriptor. */
  public static final int L1_DESCRIPTOR_BYTES = 8;

  /** Largest Span that is not Reserved, 5.1. */
  public static final int MAX_SPAN = 11;

  /** What reserved values of SPLIT behave as, 6.3.25. */
  public static final int DEFAULT_SPLIT = 6;

  private static final int STE_LOG2_BYTES = 6;
  private static final int L1_LOG2_BYTES = 3;
  private static final int FMT_TWO_LEVEL = 1;

  private static final Bits SPAN = Bits.field("Span", 4, 0);
  private static final Bits L2PTR = Bits.field("L2Ptr", 55, 6);

  /** Where the search for an STE leads. */
  public sealed interface Location {}

  /** The STE lies at this address. */
  public record SteAddress(long address) implements Location {}

  /** The first-level descriptor at this address says where the STE lies. */
  public record L1Address(long address) implements Location {}

  /** No STE: what the architecture calls C_BAD_STREAMID. */
  public record BadStreamId(Reason reason) implements Location {}

  /** Why a StreamID has no STE, in the order of IHI 0070, 7.3.3. */
  public enum Reason {
    /** StreamID at or above 2^LOG2SIZE, or above what IDR1.SIDSIZE can express. */
    ABOVE_TABLE,
    /** L1STD.Span is 0, so that the level 2 table is invalid. */
    SPAN_ZERO,
    /** L1STD.Span is 12 to 31, which is Reserved. */
    SPAN_RESERVED,
    /** L1STD.Span is larger than SPLIT + 1. */
    SPAN_ABOVE_SPLIT,
    /** The StreamID's low bits are at or above 2^(Span-1). */
    ABOVE_SPAN
  }

  /**
   * The geometry that two registers describe. Reserved values of FMT behave as linear, those of
   * SPLIT as 6; 2-level is only taken where {@code ids} has it. The base is aligned by the literal
   * LOG2SIZE, as 6.3.24 demands.
   *
   * @param strtabBase STRTAB_BASE, any value
   * @param strtabBaseCfg STRTAB_BASE_CFG, any value
   * @param ids for SIDSIZE, ST_LEVEL and OAS
   */
  public static StreamTableGeometry of(long strtabBase, int strtabBaseCfg, IdRegisters ids) {
    long cfg = Integer.toUnsignedLong(strtabBaseCfg);
    int log2Size = (int) TableFields.STRTAB_LOG2SIZE.get(cfg);
    int clamped = Math.min(log2Size, ids.sidSize());
    long address = ids.truncateToOas(TableFields.STRTAB_ADDR.inPlace(strtabBase));
    if (TableFields.STRTAB_FMT.get(cfg) != FMT_TWO_LEVEL || !ids.twoLevelStreamTable()) {
      return new StreamTableGeometry(align(address, log2Size + STE_LOG2_BYTES), clamped, 0);
    }
    int split = effectiveSplit((int) TableFields.STRTAB_SPLIT.get(cfg));
    int l1Bits = Math.max(STE_LOG2_BYTES, log2Size - split + L1_LOG2_BYTES);
    return new StreamTableGeometry(align(address, l1Bits), clamped, split);
  }

  /** Whether there are two levels. */
  public boolean twoLevel() {
    return split != 0;
  }

  /** Whether the table has a place for {@code sid}. */
  public boolean covers(int sid) {
    return Integer.toUnsignedLong(sid) >>> log2Size == 0;
  }

  /** Where to look for the STE of {@code sid} first. */
  public Location locate(int sid) {
    if (!covers(sid)) {
      return new BadStreamId(Reason.ABOVE_TABLE);
    }
    long index = Integer.toUnsignedLong(sid);
    return twoLevel()
        ? new L1Address(base + ((index >>> split) << L1_LOG2_BYTES))
        : new SteAddress(base + (index << STE_LOG2_BYTES));
  }

  /**
   * Where the first-level descriptor read from {@link L1Address} puts the STE of {@code sid}: a
   * {@link SteAddress} or a {@link BadStreamId}.
   */
  public Location locate(int sid, long l1Descriptor) {
    int span = span(l1Descriptor);
    if (span == 0) {
      return new BadStreamId(Reason.SPAN_ZERO);
    }
    if (span > MAX_SPAN) {
      return new BadStreamId(Reason.SPAN_RESERVED);
    }
    if (span > split + 1) {
      return new BadStreamId(Reason.SPAN_ABOVE_SPLIT);
    }
    long index = sid & ~(-1L << split);
    if (index >>> (span - 1) != 0) {
      return new BadStreamId(Reason.ABOVE_SPAN);
    }
    return new SteAddress(l2Pointer(l1Descriptor) + (index << STE_LOG2_BYTES));
  }

  /** L1STD.Span as written, 0..31: the second level has 2^(Span-1) STEs. */
  public static int span(long l1Descriptor) {
    return (int) SPAN.get(l1Descriptor);
  }

  /** L1STD.L2Ptr, aligned to the size that Span gives the second level. */
  public static long l2Pointer(long l1Descriptor) {
    int log2Entries = Math.max(span(l1Descriptor) - 1, 0);
    return align(L2PTR.inPlace(l1Descriptor), STE_LOG2_BYTES + log2Entries);
  }

  private static int effectiveSplit(int split) {
    return split == 8 || split == 10 ? split : DEFAULT_SPLIT;
  }

  private static long align(long address, int bits) {
    return bits >= Long.SIZE ? 0 : address & (-1L << bits);
  }
}
