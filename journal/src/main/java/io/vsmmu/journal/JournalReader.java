package io.vsmmu.journal;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Reads entries in the order of their positions, frame by frame. What it reads is checked against
 * the frames' checksums. Not thread-safe; entries that it has not read must not be released.
 */
public final class JournalReader {

  /** Receives entries. */
  @FunctionalInterface
  public interface EntryConsumer {

    /**
     * Called for each entry.
     *
     * @param entry its bytes, big-endian; valid during the call only
     */
    void accept(long position, ByteBuffer entry);
  }

  private final Journal journal;
  private long next;

  /** The segment that is read and the offset of its next frame. */
  private Segment segment;

  private int offset;
  private FrameScan scan;
  private long frameBytes;

  JournalReader(Journal journal, long from) {
    this.journal = journal;
    this.next = from;
    List<Segment> used = journal.segments();
    int index = 0;
    while (index + 1 < used.size() && used.get(index + 1).firstPosition() <= from) {
      frameBytes += used.get(index).end() - SegmentHeader.BYTES;
      index++;
    }
    this.segment = used.get(index);
    this.scan = new FrameScan(segment.file);
    this.offset = SegmentHeader.BYTES;
    skipRead(from);
  }

  /** Skips the frames that end before a position. */
  private void skipRead(long from) {
    while (offset < segment.end()) {
      FrameScan.Found frame = frame();
      if (frame.header().last() >= from) {
        return;
      }
      pass(frame);
    }
  }

  /** The position of the entry that is read next. */
  public long next() {
    return next;
  }

  /** Bytes of the frames that were appended and not read; what waits for the reader. */
  public long bytesBehind() {
    return Math.max(0, journal.frameBytes() - frameBytes);
  }

  /**
   * Reads whole frames while there are any, and until a number of bytes is reached.
   *
   * @param mostBytes after a frame with which this is reached no further one is read
   * @return the number of entries that were read; 0 at the end of the journal
   * @throws JournalFailedException if a frame does not match its checksum; the journal has failed
   *     then
   */
  public int read(int mostBytes, EntryConsumer consumer) {
    long through = journal.last();
    long begun = frameBytes;
    long before = next;
    while (next <= through && frameBytes - begun < mostBytes) {
      if (offset >= segment.end()) {
        follow();
      }
      FrameScan.Found frame = frame();
      deliver(frame, consumer);
      pass(frame);
    }
    return (int) (next - before);
  }

  /** Continues with the segment after the present one, which is read to its end. */
  private void follow() {
    Segment done = segment;
    segment =
        journal.segments().stream()
            .filter(s -> s.number() == done.number() + 1)
            .findFirst()
            .orElseThrow(
                () ->
                    journal.fail(
                        "The segment after number %d is not in use, although position %d was appended"
                            .formatted(done.number(), journal.last()),
                        null));
    scan = new FrameScan(segment.file);
    offset = SegmentHeader.BYTES;
  }

  private FrameScan.Found frame() {
    Optional<FrameScan.Found> found =
        scan.frameAt(offset).filter(f -> f.header().segment() == segment.number());
    return found.orElseThrow(
        () ->
            journal.fail(
                "The entry at position %d is damaged: %s, offset %d"
                    .formatted(next, segment.file.path(), offset),
                null));
  }

  private void deliver(FrameScan.Found frame, EntryConsumer consumer) {
    FrameEntries entries = new FrameEntries(segment.file, frame);
    for (long position = frame.header().position(); entries.hasNext(); position++) {
      ByteBuffer entry = entries.next();
      if (position >= next) {
        consumer.accept(position, entry);
        next = position + 1;
      }
    }
  }

  private void pass(FrameScan.Found frame) {
    offset = frame.end();
    frameBytes += frame.header().paddedLength();
    next = Math.max(next, frame.header().last() + 1);
  }
}
