package io.vsmmu.journal;

import io.vsmmu.posix.Errno;
import io.vsmmu.posix.PosixException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An append-only journal on local disk. An entry that was appended survives the end of this process
 * by any signal, because it is in the page cache; one that was synced survives the end of the
 * machine. Entries have positions without holes, in one order for all threads.
 *
 * <p>The journal keeps entries until they are {@linkplain #release released}, in a bounded number
 * of segment files. When all are occupied, appends fail with {@link JournalFullException} until
 * entries are released.
 *
 * <p>All methods are thread-safe. {@code appending} guards the segments and the scratch memory; it
 * is held for the copy of a frame and, when the spare segments are used up, while a file is made.
 * The thread {@code journal-segments} makes spare files and watches the directory.
 */
public final class Journal implements AutoCloseable {

  /** How often the directory is looked at, and how soon a failure to make a file is tried again. */
  private static final Duration WATCH = Duration.ofSeconds(1);

  private static final int INITIAL_SCRATCH_BYTES = 1 << 16;

  private static final Logger LOGGER = System.getLogger(Journal.class.getName());

  private final Path directory;
  private final JournalLimits limits;
  private final UUID identity;
  private final UUID boot;
  private final SegmentPool pool;
  private final JournalBoundary.Observer observer;
  private final DirectoryLock lock;
  private final GroupSync syncs;
  private final int key;
  private final ReentrantLock appending = new ReentrantLock();
  private final Condition segmentsChanged = appending.newCondition();
  private final Thread keeper;

  /** The segments in use, the last one of which is written; replaced as a whole. */
  private volatile List<Segment> used;

  private volatile long last;
  private volatile long released;

  private volatile @Nullable JournalFailedException failure;
  private volatile boolean closing;

  /** The frame that is written next, in native memory; guarded by {@code appending}. */
  private MemorySegment scratch = Arena.ofAuto().allocate(INITIAL_SCRATCH_BYTES, Long.BYTES);

  /**
   * Continues behind the last of the segments. Called by {@link JournalRecovery}.
   *
   * @param used at least one segment; everything in them is synced
   * @param last the last position in them, or the position before the first one
   * @param lock of the directory, released when the journal is closed
   */
  Journal(
      Path directory,
      JournalLimits limits,
      UUID identity,
      UUID boot,
      SegmentPool pool,
      List<Segment> used,
      long last,
      long released,
      DirectoryLock lock,
      JournalBoundary.Observer observer) {
    this.directory = directory;
    this.limits = limits;
    this.identity = identity;
    this.boot = boot;
    this.pool = pool;
    this.used = List.copyOf(used);
    this.last = last;
    this.released = released;
    this.lock = lock;
    this.observer = observer;
    this.syncs = new GroupSync(last);
    this.key = FrameHeader.key(identity);
    this.keeper = Thread.ofPlatform().daemon().name("journal-segments").start(this::keepSegments);
  }

  /** The identity that was chosen at random when the journal was made. */
  public UUID identity() {
    return identity;
  }

  /** The directory of the segment files. */
  public Path directory() {
    return directory;
  }

  public JournalLimits limits() {
    return limits;
  }

  /** The last position that was appended. */
  public long last() {
    return last;
  }

  /** The last position that is on the storage device. */
  public long synced() {
    return syncs.synced();
  }

  /** The last position that was released. */
  public long released() {
    return released;
  }

  /** Bytes of all frames since the oldest segment of the start; grows with every append. */
  public long frameBytes() {
    return used.getLast().bytesThrough();
  }

  /**
   * The number of bytes that can be appended before the journal is full, if there is disk space.
   */
  public long availableBytes() {
    Segment active = used.getLast();
    return (long) pool.available() * limits.segmentBytes() + active.file.size() - active.end();
  }

  /** What the operator has to know: a failure, or why no segment file can be made. */
  public Optional<String> problem() {
    JournalFailedException failed = failure;
    return failed != null ? Optional.ofNullable(failed.getMessage()) : pool.problem();
  }

  /** Whether the journal failed for good. */
  public boolean failed() {
    return failure != null;
  }

  /**
   * Appends entries as one frame: after a crash all of them are there or none. When this returns
   * they survive the end of this process; {@link #sync} makes them survive that of the machine.
   *
   * @param entries at least one, together at most {@link JournalLimits#appendBytes()} with 4 bytes
   *     for the length of each
   * @param willSync whether {@link #sync} follows, which decides how the bytes are written
   * @return the position of the first entry
   * @throws JournalFullException if there is no segment for it; nothing was appended
   * @throws JournalFailedException if the journal failed, now or earlier
   * @throws IllegalArgumentException if there is no entry, they are too large, or one writes
   *     another number of bytes than it has; nothing was appended
   */
  public long append(List<? extends JournalEntry> entries, boolean willSync) {
    int length = frameLength(entries);
    int padded = FrameHeader.padded(length);
    appending.lock();
    try {
      checkUsable();
      observer.reached(JournalBoundary.APPENDING);
      Segment active = withRoomFor(padded);
      long first = last + 1;
      seal(entries, length, first, active.number());
      if (willSync) {
        active.file.write(scratch, padded, active.end());
      } else {
        active.file.store(scratch, padded, active.end());
      }
      boolean before = active.needsSuccessor();
      active.grow(padded);
      if (!before && active.needsSuccessor()) {
        segmentsChanged.signalAll();
      }
      last += entries.size();
      observer.reached(JournalBoundary.APPENDED);
      return first;
    } catch (PosixException | InternalError e) {
      // The JVM gives an InternalError for a page of the mapping that is not in the file any more.
      throw fail("The journal in %s cannot be written".formatted(directory), e);
    } finally {
      appending.unlock();
    }
  }

  /**
   * Waits until everything up to a position is on the storage device; several callers share one
   * fdatasync(2).
   *
   * @param position at most {@link #last()}
   * @throws JournalFailedException if the journal failed, now or earlier
   */
  public void sync(long position) {
    if (position > last) {
      throw new IllegalArgumentException(
          "position %d was not appended, the last one is %d".formatted(position, last));
    }
    syncs.await(position, this::syncAppended);
  }

  private long syncAppended() {
    checkNotFailed();
    long reached = last;
    List<Segment> written = used;
    try {
      observer.reached(JournalBoundary.SYNCING);
      for (Segment segment : written) {
        sync(segment);
      }
      observer.reached(JournalBoundary.SYNCED);
    } catch (PosixException e) {
      // Never tried again: the kernel reports an error once for each open file (lib/errseq.c), so
      // that the next fdatasync succeeds although the data are not on the device.
      throw fail("The journal in %s cannot be synced".formatted(directory), e);
    }
    return reached;
  }

  private void sync(Segment segment) throws PosixException {
    try {
      segment.syncIfDirty();
    } catch (PosixException e) {
      boolean deletedMeanwhile = e.errno() == Errno.EBADF && !used.contains(segment);
      if (!deletedMeanwhile) {
        throw e;
      }
    }
  }

  /**
   * Declares that the entries up to a position are kept elsewhere. Segments that hold no later one
   * are used again.
   *
   * @param through at most {@link #last()}; a position below an earlier one has no effect
   */
  public void release(long through) {
    appending.lock();
    try {
      if (through > last) {
        throw new IllegalArgumentException(
            "position %d was not appended, the last one is %d".formatted(through, last));
      }
      released = Math.max(released, through);
      List<Segment> left = new ArrayList<>(used);
      List<Segment> done = new ArrayList<>();
      while (left.size() > 1 && left.get(1).firstPosition() <= released + 1) {
        done.add(left.removeFirst());
      }
      if (!done.isEmpty()) {
        observer.reached(JournalBoundary.RELEASED);
        // First out of use and then used again: a reader or a sync looks whether it is in use.
        used = List.copyOf(left);
        done.forEach(segment -> pool.giveBack(segment.file));
        segmentsChanged.signalAll();
      }
      observer.reached(done.isEmpty() ? JournalBoundary.RELEASED : JournalBoundary.RECYCLED);
    } catch (PosixException e) {
      throw fail("The segments in %s cannot be reused".formatted(directory), e);
    } finally {
      appending.unlock();
    }
  }

  /**
   * A reader that begins at a position.
   *
   * @param from a position after {@link #released()}, at most one more than {@link #last()}
   * @throws IllegalArgumentException if the position is not in the journal any more, or not yet
   * @throws JournalFailedException if what is before the position in its segment is damaged; the
   *     journal has failed then
   */
  public JournalReader reader(long from) {
    return new JournalReader(this, from);
  }

  /** The segments in use, oldest first. */
  List<Segment> segments() {
    return used;
  }

  /** Notes a failure, after which nothing is appended, and returns the exception to be thrown. */
  JournalFailedException fail(String message, @Nullable Throwable cause) {
    String reason = cause == null ? message : message + ": " + cause.getMessage();
    JournalFailedException failed = new JournalFailedException(reason, cause);
    if (failure == null) {
      LOGGER.log(Level.ERROR, "The journal takes nothing any more: {0}", reason);
      failure = failed;
    }
    return failed;
  }

  private void checkUsable() {
    checkNotFailed();
    if (closing) {
      throw new JournalFailedException("The journal is closed", null);
    }
  }

  private void checkNotFailed() {
    JournalFailedException failed = failure;
    if (failed != null) {
      throw new JournalFailedException(String.valueOf(failed.getMessage()), failed);
    }
  }

  private int frameLength(List<? extends JournalEntry> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("an append without entries");
    }
    long bytes = 0;
    for (JournalEntry entry : entries) {
      bytes += FrameHeader.ENTRY_LENGTH_BYTES + entry.bytes();
    }
    if (bytes > limits.appendBytes()) {
      throw new IllegalArgumentException(
          "%d bytes in one append, at most %d are allowed".formatted(bytes, limits.appendBytes()));
    }
    return FrameHeader.BYTES + (int) bytes;
  }

  private void seal(List<? extends JournalEntry> entries, int length, long position, int segment) {
    int padded = FrameHeader.padded(length);
    if (scratch.byteSize() < padded + FrameHeader.WORD_BYTES) {
      long bytes = Math.max(2 * scratch.byteSize(), (long) padded + FrameHeader.WORD_BYTES);
      scratch = Arena.ofAuto().allocate(bytes, Long.BYTES);
    }
    ByteBuffer frame = scratch.asByteBuffer();
    frame.position(FrameHeader.BYTES);
    for (JournalEntry entry : entries) {
      int bytes = entry.bytes();
      frame.order(ByteOrder.LITTLE_ENDIAN).putInt(bytes).order(ByteOrder.BIG_ENDIAN);
      int before = frame.position();
      entry.write(frame);
      if (frame.position() - before != bytes) {
        throw new IllegalArgumentException(
            "an entry wrote %d bytes instead of its %d"
                .formatted(frame.position() - before, bytes));
      }
    }
    FrameHeader.seal(
        frame, new FrameHeader(length, 0, position, syncs.synced(), segment, entries.size()), key);
  }

  private Segment withRoomFor(int padded) throws PosixException {
    Segment active = used.getLast();
    if (active.fits(padded)) {
      return active;
    }
    SegmentFile file = pool.take();
    SegmentHeader header =
        new SegmentHeader(active.number() + 1, identity, boot, last + 1, syncs.synced());
    file.begin(header);
    Segment next = new Segment(file, header, active.bytesThrough(), SegmentHeader.BYTES);
    active.continueIn(next);
    List<Segment> more = new ArrayList<>(used);
    more.add(next);
    used = List.copyOf(more);
    segmentsChanged.signalAll();
    observer.reached(JournalBoundary.SEGMENT_BEGUN);
    return next;
  }

  /** The thread {@code journal-segments}. */
  private void keepSegments() {
    while (!closing) {
      try {
        pool.trim();
        // Not before: a journal that is hardly used needs one segment.
        if (used.getLast().needsSuccessor()) {
          pool.keepSpare();
        }
        used.forEach(this::checkWhole);
      } catch (RuntimeException | InternalError e) {
        fail("The segment files in %s cannot be kept".formatted(directory), e);
      }
      awaitChange();
    }
  }

  private void checkWhole(Segment segment) {
    if (!failed() && !segment.file.isWhole() && used.contains(segment)) {
      fail(
          "The segment file %s was removed or truncated; what is in it and not in the database is lost at the end of this process"
              .formatted(segment.file.path()),
          null);
    }
  }

  private void awaitChange() {
    appending.lock();
    try {
      if (!closing) {
        segmentsChanged.awaitNanos(WATCH.toNanos());
      }
    } catch (InterruptedException interrupted) {
      closing = true;
    } finally {
      appending.unlock();
    }
  }

  /**
   * Syncs what was appended, and closes the files. No reader may be in use, and no other call may
   * be under way.
   *
   * @throws JournalFailedException if the sync fails; the files are closed nevertheless
   */
  @Override
  public void close() {
    appending.lock();
    try {
      if (closing) {
        return;
      }
      closing = true;
      segmentsChanged.signalAll();
    } finally {
      appending.unlock();
    }
    boolean interrupted = awaitKeeper();
    try {
      if (failure == null) {
        syncs.await(last, this::syncAppended);
        promise();
      }
    } finally {
      used.forEach(segment -> segment.file.close());
      pool.close();
      lock.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Writes into the last segment that everything is synced, so that after the end of the machine
   * too damage is not taken for entries that were never synced.
   */
  private void promise() {
    Segment active = used.getLast();
    try {
      active.file.writeHeader(active.header.renewed(boot, last));
    } catch (PosixException e) {
      throw fail("The journal in %s cannot be closed".formatted(directory), e);
    }
  }

  private boolean awaitKeeper() {
    boolean interrupted = false;
    while (keeper.isAlive()) {
      try {
        keeper.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
