package io.vsmmu.journal;

import io.vsmmu.posix.PosixException;

/**
 * A segment in use: its file, and how far it is written. The thread that appends changes it; any
 * thread may read it.
 */
final class Segment {

  final SegmentFile file;
  final SegmentHeader header;

  /** The offset at which the next frame is written. */
  private volatile int end;

  /** Whether something was written since the last sync began. */
  private volatile boolean dirty;

  Segment(SegmentFile file, SegmentHeader header, int end) {
    this.file = file;
    this.header = header;
    this.end = end;
  }

  int number() {
    return header.number();
  }

  long firstPosition() {
    return header.firstPosition();
  }

  int end() {
    return end;
  }

  boolean fits(int paddedLength) {
    return end + paddedLength <= file.size();
  }

  void grow(int paddedLength) {
    dirty = true;
    end += paddedLength;
  }

  /** Syncs the file if something was written since it was synced. */
  void syncIfDirty() throws PosixException {
    if (dirty) {
      dirty = false;
      file.sync();
    }
  }
}
