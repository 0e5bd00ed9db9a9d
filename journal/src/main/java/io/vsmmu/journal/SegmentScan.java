package io.vsmmu.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

  /** Reads a file; empty if it was never used. */
  static Optional<SegmentScan> of(SegmentFile file) {
    FrameScan frames = new FrameScan(file);
    return file.header()
        .or(() -> fromFirstFrame(file, frames))
        .map(header -> scan(file, frames, header));
  }

  /** The header of a segment whose own header is damaged, as far as its first frame shows it. */
  private static Optional<SegmentHeader> fromFirstFrame(SegmentFile file, FrameScan frames) {
    ByteBuffer header = file.view(0, SegmentHeader.BYTES);
    if (SegmentHeader.isErased(header)) {
      return Optional.empty();
    }
    return frames
        .frameAt(SegmentHeader.BYTES)
        .map(
            first ->
                new SegmentHeader(
                    first.header().segment(),
                    SegmentHeader.identityIn(header),
                    BootId.current(),
                    first.header().position(),
                    first.header().synced()));
  }

  private static SegmentScan scan(SegmentFile file, FrameScan frames, SegmentHeader header) {
    int number = header.number();
    List<Run> runs = new ArrayList<>();
    long promised = header.synced();
    long next = header.firstPosition();
    Optional<FrameScan.Found> frame = frames.frameAt(SegmentHeader.BYTES, number, next);
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
        frame = frames.frameAt(end, number, next);
      }
      runs.add(new Run(first, next - 1, offset, end));
      frame = frames.nextFrame(end, number, next);
    }
    return new SegmentScan(file, header, List.copyOf(runs), promised);
  }

  /** Whether anything was written behind an offset at which the journal ends. */
  boolean hasRemains(int offset) {
    return !new FrameScan(file).endsAt(offset) || runs.stream().anyMatch(run -> run.end() > offset);
  }

  /** A copy of the entry at a position; empty if it is not in this segment. */
  Optional<byte[]> entry(long position) {
    FrameScan frames = new FrameScan(file);
    for (Run run : runs) {
      if (run.first() <= position && position <= run.last()) {
        return Optional.of(entry(frames, run, position));
      }
    }
    return Optional.empty();
  }

  private byte[] entry(FrameScan frames, Run run, long position) {
    FrameScan.Found frame = frames.frameAt(run.offset()).orElseThrow();
    while (frame.header().last() < position) {
      frame = frames.frameAt(frame.end()).orElseThrow();
    }
    FrameEntries entries = new FrameEntries(file, frame);
    ByteBuffer entry = entries.next();
    for (long at = frame.header().position(); at < position; at++) {
      entry = entries.next();
    }
    byte[] copy = new byte[entry.remaining()];
    entry.get(copy);
    return copy;
  }
}
