package io.vsmmu.journal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * Finds the frames of a segment file, also behind damaged ones. A frame is copied before it is
 * checked, so that its checksum holds for the bytes that are used. Besides, a fault in the mapping,
 * as of a file that was truncated, ends the process if it happens while a checksum is computed, and
 * gives an {@link InternalError} if it happens in a copy. Not thread-safe.
 */
final class FrameScan {

  /**
   * How often the size of the file may be read in the search for frames behind damage. The bytes of
   * entries can look like headers of long frames, each of which is read before it is rejected.
   */
  private static final int SEARCHES = 4;

  private static final int INITIAL_COPY_BYTES = 1 << 12;

  private final SegmentFile file;
  private final int key;
  private final ByteBuffer bytes;
  private MemorySegment copy = MemorySegment.NULL;

  /**
   * @param journal whose frames are looked for
   */
  FrameScan(SegmentFile file, UUID journal) {
    this.file = file;
    this.key = FrameHeader.key(journal);
    this.bytes = file.view(0, file.size()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A frame and the offset at which it begins.
   *
   * @param offset in bytes from the beginning of the file
   * @param bytes a copy of the frame, valid until the scan reads another one
   */
  record Found(FrameHeader header, int offset, ByteBuffer bytes) {
    int end() {
      return offset + header.paddedLength();
    }
  }

  /** Whether the journal ends at an offset: no append has written its first word there. */
  boolean endsAt(int offset) {
    return hasWordAt(offset) && bytes.getLong(offset) == 0;
  }

  /** Whether the segment is continued at an offset in the one with a number. */
  boolean isContinuedAt(int offset, int segment) {
    return hasWordAt(offset) && bytes.getLong(offset) == FrameHeader.continuedIn(segment);
  }

  /** A word has room behind each frame, unless the file was truncated. */
  private boolean hasWordAt(int offset) {
    return offset <= file.size() - FrameHeader.WORD_BYTES;
  }

  /** The undamaged frame at an offset, of any segment and position. */
  Optional<Found> frameAt(int offset) {
    int room = file.size() - offset;
    if (room < FrameHeader.BYTES) {
      return Optional.empty();
    }
    FrameHeader header = FrameHeader.read(bytes, offset);
    return header.isPossible(room) ? checked(header, offset) : Optional.empty();
  }

  private Optional<Found> checked(FrameHeader header, int offset) {
    if (copy.byteSize() < header.length()) {
      long grown = Math.max(header.length(), 2 * copy.byteSize());
      copy = Arena.ofAuto().allocate(Math.max(grown, INITIAL_COPY_BYTES), Long.BYTES);
    }
    MemorySegment frame = copy.asSlice(0, header.length());
    file.copy(offset, frame);
    ByteBuffer copied = frame.asByteBuffer();
    // The header is compared again with the copy: the file may have changed in between.
    return header.equals(FrameHeader.read(copied.duplicate().order(ByteOrder.LITTLE_ENDIAN), 0))
            && header.matches(copied, key)
        ? Optional.of(new Found(header, offset, copied))
        : Optional.empty();
  }

  /** The frame at an offset, if it is undamaged, of the segment, and begins with the position. */
  Optional<Found> frameAt(int offset, int segment, long position) {
    return frameAt(offset)
        .filter(f -> f.header().segment() == segment && f.header().position() == position);
  }

  /**
   * The first undamaged frame from an offset on with a position of at least that.
   *
   * @param segment the number that the frame must name; empty for any
   */
  Optional<Found> nextFrame(int from, OptionalInt segment, long position) {
    long left = (long) SEARCHES * file.size();
    for (int at = from; at + FrameHeader.BYTES <= file.size(); at += FrameHeader.ALIGNMENT) {
      // Cheap comparisons first: the checksum is computed for likely headers only.
      if (bytes.getLong(at + 8) >= position
          && segment.orElse(bytes.getInt(at + 24)) == bytes.getInt(at + 24)) {
        FrameHeader header = FrameHeader.read(bytes, at);
        if (header.isPossible(file.size() - at)) {
          left -= header.length();
          Optional<Found> found = left < 0 ? Optional.empty() : checked(header, at);
          if (found.isPresent() || left < 0) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }
}
