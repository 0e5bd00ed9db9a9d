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
 * @param keepFreeBytes bytes of the file system that are left free: a segment that would leave less
 *     is not made, because the database may be on the same file system and would end without space
 */
public record JournalLimits(int segmentBytes, int segments, int spareSegments, long keepFreeBytes) {

  /** The largest size of a segment file. */
  static final int MOST_SEGMENT_BYTES = 1 << 30;

  private static final int MIB = 1 << 20;

  /** 1 GiB in segments of 16 MiB, of which two are kept ready; 64 MiB are left free. */
  public static final JournalLimits DEFAULTS = new JournalLimits(16 * MIB, 64, 2, 64L * MIB);

  /** Limits that leave no space free. */
  public JournalLimits(int segmentBytes, int segments, int spareSegments) {
    this(segmentBytes, segments, spareSegments, 0);
  }

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
