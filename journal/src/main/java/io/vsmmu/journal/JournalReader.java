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

  /** The place of the next frame; replaced together by {@link #beginAt}. */
  private Segment segment;

  private FrameScan scan;
  private int offset;

  /**
   * Bytes of all frames before the next one, counted as {@link Journal#frameBytes}. Volatile for
   * {@link #bytesBehind}, which any thread may call.
   */
  private volatile long frameBytes;

  JournalReader(Journal journal, long from) {
    this.journal = journal;
    this.next = from;
    if (from > journal.last() + 1) {
      throw new IllegalArgumentException(
          "position %d was not appended, the last one is %d".formatted(from, journal.last()));
    }
    this.segment = segmentOf(from);
    this.scan = new FrameScan(segment.file, journal.identity());
    this.offset = segment.begin();
    this.frameBytes = segment.bytesBefore();
    while (!skipRead(from)) {
      // The segment was released meanwhile, so the position is in a later one.
      beginAt(segmentOf(from));
    }
  }

  private Segment segmentOf(long position) {
    List<Segment> used = journal.segments();
    if (position < used.getFirst().firstPosition()) {
      throw new IllegalArgumentException(
          "position %d is not in the journal any more, the first one is %d"
              .formatted(position, used.getFirst().firstPosition()));
    }
    int index = 0;
    while (index + 1 < used.size() && used.get(index + 1).firstPosition() <= position) {
      index++;
    }
    return used.get(index);
  }

  private void beginAt(Segment other) {
    segment = other;
    scan = new FrameScan(other.file, journal.identity());
    offset = other.begin();
    frameBytes = other.bytesBefore();
  }

  /** Skips the frames that end before a position; false if the segment was released meanwhile. */
  private boolean skipRead(long from) {
    while (offset < segment.end()) {
      Optional<FrameScan.Found> frame = frame();
      if (frame.isEmpty()) {
        return false;
      }
      if (frame.get().header().last() >= from) {
        return true;
      }
      pass(frame.get());
    }
    return true;
  }

  /** The position of the entry that is read next. */
  public long next() {
    return next;
  }

  /**
   * Bytes of the frames that were appended and not read; what waits for the reader. Any thread may
   * call this.
   */
  public long bytesBehind() {
    return Math.max(0, journal.frameBytes() - frameBytes);
  }

  /**
   * Reads whole frames while there are any, and until a number of bytes is reached.
   *
   * @param mostBytes after a frame with which this is reached no further one is read
   * @return the number of entries that were read; 0 at the end of the journal
   * @throws JournalFailedException if a frame does not match its checksum or cannot be read; the
   *     journal has failed then
   * @throws IllegalStateException if entries that this reader has not read were released
   */
  public int read(int mostBytes, EntryConsumer consumer) {
    long through = journal.last();
    long begun = frameBytes;
    long before = next;
    while (next <= through && frameBytes - begun < mostBytes) {
      if (offset >= segment.end()) {
        follow();
      }
      FrameScan.Found frame =
          frame()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "position %d was released before it was read".formatted(next)));
      deliver(frame, consumer);
      pass(frame);
    }
    return (int) (next - before);
  }

  /** Continues with the segment after the present one, which is read to its end. */
  private void follow() {
    int number = segment.number() + 1;
    beginAt(
        journal.segments().stream()
            .filter(s -> s.number() == number)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "position %d was released before it was read".formatted(next))));
  }

  /**
   * The next frame; empty if its segment was released meanwhile.
   *
   * @throws JournalFailedException if it is damaged
   */
  private Optional<FrameScan.Found> frame() {
    String reason = "it does not match its checksum";
    try {
      Optional<FrameScan.Found> found =
          scan.frameAt(offset).filter(f -> f.header().segment() == segment.number());
      if (found.isPresent()) {
        return found;
      }
    } catch (InternalError fault) {
      // The JVM gives this for a page of the mapping that is not in the file or cannot be read.
      reason = "its page cannot be read";
    } catch (IllegalStateException closed) {
      if (journal.segments().contains(segment)) {
        throw closed;
      }
    }
    if (!journal.segments().contains(segment)) {
      return Optional.empty();
    }
    throw journal.fail(
        "The entry at position %d is damaged in %s, offset %d: %s"
            .formatted(next, segment.file.path(), offset, reason),
        null);
  }

  private void deliver(FrameScan.Found frame, EntryConsumer consumer) {
    FrameEntries entries = new FrameEntries(frame);
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
