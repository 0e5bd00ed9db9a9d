package io.vsmmu.journal;

import io.vsmmu.posix.PosixException;

/**
 * A segment in use: its file, and how far it is written. The thread that appends changes it; any
 * thread may read it.
 */
final class Segment {

  final SegmentFile file;
  final SegmentHeader header;
  private final JournalEnd.Begin begin;
  private final long bytesBefore;

  /** The offset at which the next frame is written. */
  private volatile int end;

  /** Whether something was written since the last sync began. */
  private volatile boolean dirty;

  /**
   * A segment that holds frames from its header up to an offset.
   *
   * @param bytesBefore bytes of all frames that were appended before this segment was begun
   */
  Segment(SegmentFile file, SegmentHeader header, long bytesBefore, int end) {
    this(
        file,
        header,
        new JournalEnd.Begin(SegmentHeader.BYTES, header.firstPosition()),
        bytesBefore,
        end);
  }

  /**
   * A segment of which a part at the beginning is not read.
   *
   * @param begin the first frame that may be read
   */
  Segment(
      SegmentFile file, SegmentHeader header, JournalEnd.Begin begin, long bytesBefore, int end) {
    this.file = file;
    this.header = header;
    this.begin = begin;
    this.bytesBefore = bytesBefore;
    this.end = end;
  }

  int number() {
    return header.number();
  }

  /** The position of the first entry that may be read. */
  long firstPosition() {
    return begin.position();
  }

  /** The offset of the first frame that may be read. */
  int begin() {
    return begin.offset();
  }

  int end() {
    return end;
  }

  /** Bytes of all frames that were appended before this segment was begun. */
  long bytesBefore() {
    return bytesBefore;
  }

  /** Bytes of all frames up to the end of this segment. */
  long bytesThrough() {
    return bytesBefore + end - begin.offset();
  }

  /** Whether a frame fits, with a word behind it. */
  boolean fits(int paddedLength) {
    return paddedLength <= file.size() - end - FrameHeader.WORD_BYTES;
  }

  /**
   * Whether the next segment should be made ready: early, while there is space for it. Two files
   * are enough for ever if their entries are released, one is not.
   */
  boolean needsSuccessor() {
    return end > file.size() / 16;
  }

  void grow(int paddedLength) {
    dirty = true;
    end += paddedLength;
  }

  /** Marks that the segment with the next number was begun, and that nothing more follows here. */
  void continueIn(Segment next) {
    file.storeContinuation(end, next.number());
    dirty = true;
  }

  /** Syncs the file if something was written since it was synced. */
  void syncIfDirty() throws PosixException {
    if (dirty) {
      dirty = false;
      file.sync();
    }
  }
}
