package io.vsmmu.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Finds the frames of a segment file, also behind damaged ones. */
final class FrameScan {

  private final SegmentFile file;
  private final ByteBuffer bytes;

  FrameScan(SegmentFile file) {
    this.file = file;
    this.bytes = file.view(0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A frame and the offset at which it begins.
   *
   * @param offset in bytes from the beginning of the file
   */
  record Found(FrameHeader header, int offset) {
    int end() {
      return offset + header.paddedLength();
    }
  }

  /** Whether the journal ends at an offset: no append has written its first word there. */
  boolean endsAt(int offset) {
    return offset + FrameHeader.WORD_BYTES > file.size() || bytes.getLong(offset) == 0;
  }

  /** The undamaged frame at an offset, of whatever segment and position. */
  Optional<Found> frameAt(int offset) {
    if (offset + FrameHeader.BYTES > file.size()) {
      return Optional.empty();
    }
    ByteBuffer rest = bytes.slice(offset, file.size() - offset);
    FrameHeader header = FrameHeader.read(rest);
    return header.matches(rest) ? Optional.of(new Found(header, offset)) : Optional.empty();
  }

  /** The frame at an offset, if it is undamaged, of the segment, and begins with the position. */
  Optional<Found> frameAt(int offset, int segment, long position) {
    return frameAt(offset)
        .filter(f -> f.header().segment() == segment && f.header().position() == position);
  }

  /**
   * The first undamaged frame of the segment from an offset on with a position of at least that.
   */
  Optional<Found> nextFrame(int from, int segment, long position) {
    for (int at = from; at + FrameHeader.BYTES <= file.size(); at += FrameHeader.ALIGNMENT) {
      // Cheap comparisons first: the checksum is computed for likely headers only.
      if (bytes.getInt(at + 24) == segment && bytes.getLong(at + 8) >= position) {
        Optional<Found> found = frameAt(at);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }
}
