package io.vsmmu.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * What a segment file holds.
 *
 * @param header the segment's header; made from the first frame if the header itself is damaged
 * @param runs frames that follow each other; more than one run if something between them cannot be
 *     read
 * @param promised the last position that was synced according to what can be read here
 */
record SegmentScan(SegmentFile file, SegmentHeader header, List<Run> runs, long promised) {

  /**
   * Frames that follow each other.
   *
   * @param first position of the first entry
   * @param last position of the last entry
   * @param offset of the first frame in bytes
   * @param end the offset behind the last frame
   */
  record Run(long first, long last, int offset, int end) {}

  /** Reads a file whose header is undamaged. */
  static SegmentScan of(SegmentFile file, SegmentHeader header) {
    return scan(file, new FrameScan(file, header.journal()), header);
  }

  /**
   * Reads a file whose header is damaged, as far as its first undamaged frame shows what it is.
   *
   * @param journals the identities of the journals to which the file may belong
   * @return empty if it has no frame of one of them
   */
  static Optional<SegmentScan> withoutHeader(SegmentFile file, Collection<UUID> journals) {
    for (UUID journal : journals) {
      FrameScan frames = new FrameScan(file, journal);
      Optional<FrameScan.Found> first =
          frames
              .frameAt(SegmentHeader.BYTES)
              .or(() -> frames.nextFrame(SegmentHeader.BYTES, OptionalInt.empty(), 1));
      if (first.isPresent()) {
        FrameHeader frame = first.get().header();
        // In the present boot nothing may be missing, so this finds damage rather than a loss of
        // power.
        return Optional.of(
            scan(
                file,
                frames,
                new SegmentHeader(
                    frame.segment(), journal, BootId.current(), frame.position(), frame.synced())));
      }
    }
    return Optional.empty();
  }

  private static SegmentScan scan(SegmentFile file, FrameScan frames, SegmentHeader header) {
    OptionalInt number = OptionalInt.of(header.number());
    List<Run> runs = new ArrayList<>();
    long promised = header.synced();
    long next = header.firstPosition();
    Optional<FrameScan.Found> frame = frames.frameAt(SegmentHeader.BYTES, header.number(), next);
    if (frame.isEmpty()) {
      frame = frames.nextFrame(SegmentHeader.BYTES, number, next);
    }
    while (frame.isPresent()) {
      int offset = frame.get().offset();
      long first = frame.get().header().position();
      int end = offset;
      while (frame.isPresent()) {
        promised = Math.max(promised, frame.get().header().synced());
        next = frame.get().header().last() + 1;
        end = frame.get().end();
        frame = frames.frameAt(end, header.number(), next);
      }
      runs.add(new Run(first, next - 1, offset, end));
      frame = frames.nextFrame(end, number, next);
    }
    return new SegmentScan(file, header, List.copyOf(runs), promised);
  }

  /** The offset behind the last frame. */
  int end() {
    return runs.isEmpty() ? SegmentHeader.BYTES : runs.getLast().end();
  }

  /** Whether no append has begun at an offset. */
  boolean endsAt(int offset) {
    return frames().endsAt(offset);
  }

  /** Whether the segment after this one was begun when the frames reached an offset. */
  boolean isContinuedAt(int offset) {
    return frames().isContinuedAt(offset, header.number() + 1);
  }

  /** Whether anything was written behind an offset at which the journal ends. */
  boolean hasRemains(int offset) {
    return !endsAt(offset) || end() > offset;
  }

  /** A copy of the entry at a position; empty if it is not in this segment. */
  Optional<byte[]> entry(long position) {
    for (Run run : runs) {
      if (run.first() <= position && position <= run.last()) {
        return Optional.of(entry(frames(), run, position));
      }
    }
    return Optional.empty();
  }

  private static byte[] entry(FrameScan frames, Run run, long position) {
    FrameScan.Found frame = frames.frameAt(run.offset()).orElseThrow();
    while (frame.header().last() < position) {
      frame = frames.frameAt(frame.end()).orElseThrow();
    }
    FrameEntries entries = new FrameEntries(frame);
    ByteBuffer entry = entries.next();
    for (long at = frame.header().position(); at < position; at++) {
      entry = entries.next();
    }
    byte[] copy = new byte[entry.remaining()];
    entry.get(copy);
    return copy;
  }

  private FrameScan frames() {
    return new FrameScan(file, header.journal());
  }
}
