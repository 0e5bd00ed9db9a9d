package io.vsmmu.journal;

/**
 * The limits of a journal.
 *
 * @param segmentBytes size of one segment file, a multiple of 4096 within 8 KiB and 1 GiB. One
 *     append must fit into a segment
 * @param segments the largest number of segment files. When each of them holds an entry that is not
 *     released, the journal is full
 * @param spareSegments prepared segment files that are kept; further ones are deleted once their
 *     entries are released, so that an outage does not occupy the disk for ever
 */
public record JournalLimits(int segmentBytes, int segments, int spareSegments) {

  /** The largest size of a segment file. */
  static final int MOST_SEGMENT_BYTES = 1 << 30;

  private static final int MIB = 1 << 20;

  /** 1 GiB in segments of 32 MiB, of which two are kept ready. */
  public static final JournalLimits DEFAULTS = new JournalLimits(32 * MIB, 32, 2);

  public JournalLimits {
    if (segmentBytes < 8192 || segmentBytes > MOST_SEGMENT_BYTES || segmentBytes % 4096 != 0) {
      throw new IllegalArgumentException(
          "segmentBytes %d is not a multiple of 4096 within 8 KiB and 1 GiB"
              .formatted(segmentBytes));
    }
    if (segments < 2 || spareSegments < 1) {
      throw new IllegalArgumentException(
          "%d segments with %d spare ones: at least 2 and 1 are needed"
              .formatted(segments, spareSegments));
    }
  }

  /** The largest number of bytes that the segment files occupy. */
  public long totalBytes() {
    return (long) segmentBytes * segments;
  }

  /**
   * The largest number of bytes that the entries of one append may have, their lengths included.
   */
  public int appendBytes() {
    return segmentBytes - SegmentHeader.BYTES - FrameHeader.BYTES - FrameHeader.WORD_BYTES;
  }
}
