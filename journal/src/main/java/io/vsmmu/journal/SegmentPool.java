package io.vsmmu.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The segment files that are not in use, and how many there may be. The thread {@code
 * journal-segments} makes files ahead, so that an append seldom has to.
 *
 * <p>Thread-safe by its monitor. {@code making} is held while a file is made, so that an append
 * that finds none waits for the one that is being made; the monitor is taken under it, never the
 * other way round.
 */
final class SegmentPool {

  /** How long no append tries to make a file after a failure. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Path directory;
  private final JournalLimits limits;
  private final JournalBoundary.Observer observer;
  private final Deque<SegmentFile> free = new ArrayDeque<>();
  private final ReentrantLock making = new ReentrantLock();

  /** The numbers of the names that exist. */
  private final Set<Integer> names;

  /** Files in use or free, or being made. */
  private int files;

  private @Nullable String notMade;

  /** {@link System#nanoTime} of the last failure to make a file. */
  private long failedAt;

  private @Nullable String notDeleted;

  /**
   * @param files number of files that exist and are in use
   * @param names the numbers of all files' names
   */
  SegmentPool(
      Path directory,
      JournalLimits limits,
      int files,
      Collection<Integer> names,
      JournalBoundary.Observer observer) {
    this.directory = directory;
    this.limits = limits;
    this.files = files;
    this.names = new HashSet<>(names);
    this.observer = observer;
  }

  /** Why no file could be made or deleted lately, for people; empty when there was no failure. */
  synchronized Optional<String> problem() {
    return Optional.ofNullable(notMade).or(() -> Optional.ofNullable(notDeleted));
  }

  /** The number of files that could still be taken. */
  synchronized int available() {
    return free.size() + (notMade == null ? Math.max(0, limits.segments() - files) : 0);
  }

  /**
   * A file for the next segment: a free one, or a new one. For a while after a failure to make one,
   * only {@link #keepSpare} tries again, so that appends do not all write to a full file system.
   *
   * @throws JournalFullException if all are in use or none can be made
   */
  SegmentFile take() {
    @Nullable SegmentFile ready = poll();
    if (ready != null) {
      return ready;
    }
    making.lock();
    try {
      @Nullable SegmentFile made = poll();
      return made != null ? made : make();
    } finally {
      making.unlock();
    }
  }

  private synchronized @Nullable SegmentFile poll() {
    @Nullable SegmentFile ready = free.poll();
    if (ready == null && notMade != null && System.nanoTime() - failedAt < RETRY.toNanos()) {
      throw new JournalFullException(notMade, null);
    }
    return ready;
  }

  /** Adds a file that exists and is not counted yet, or deletes it if it has another size. */
  void add(SegmentFile file) {
    synchronized (this) {
      files++;
    }
    giveBack(file);
  }

  /**
   * Returns a file whose entries are released. One that was made with other limits is deleted:
   * whatever fits into a segment must fit into each.
   */
  void giveBack(SegmentFile file) {
    if (file.size() != limits.segmentBytes()) {
      delete(file);
      return;
    }
    synchronized (this) {
      free.add(file);
    }
  }

  /** Makes files until the spare ones exist. */
  void keepSpare() {
    makeSpare();
  }

  /** Deletes free files beyond the spare ones. */
  void trim() {
    @Nullable SegmentFile surplus = surplus();
    while (surplus != null) {
      delete(surplus);
      surplus = surplus();
    }
  }

  private void makeSpare() {
    making.lock();
    try {
      while (lacksSpare()) {
        giveBack(make());
      }
    } catch (JournalFullException full) {
      // problem() says why; it is tried again after a while.
    } finally {
      making.unlock();
    }
  }

  private synchronized boolean lacksSpare() {
    return free.size() < limits.spareSegments() && files < limits.segments();
  }

  private synchronized @Nullable SegmentFile surplus() {
    return free.size() > limits.spareSegments() ? free.pollLast() : null;
  }

  private void delete(SegmentFile file) {
    try {
      file.delete();
      noteDeleted(file, null);
    } catch (IOException e) {
      noteDeleted(
          file, "The segment file %s cannot be deleted: %s".formatted(file.path(), e.getMessage()));
    }
  }

  private SegmentFile make() {
    Path path = reserve();
    try {
      checkSpace();
      SegmentFile made = SegmentFile.create(path, limits.segmentBytes(), observer);
      noteMade(null);
      return made;
    } catch (IOException e) {
      String message = "A segment file cannot be made: %s: %s".formatted(path, reason(e));
      noteMade(message);
      forget(path);
      throw new JournalFullException(message, e);
    }
  }

  private void checkSpace() throws IOException {
    long free = Files.getFileStore(directory).getUsableSpace();
    if (limits.keepFreeBytes() > 0 && free - limits.segmentBytes() < limits.keepFreeBytes()) {
      throw new IOException(
          "no space left on device: %d bytes are free, of which %d are left to the database"
              .formatted(free, limits.keepFreeBytes()));
    }
  }

  private synchronized Path reserve() {
    if (files >= limits.segments()) {
      throw new JournalFullException(
          "All %d segments of %d bytes hold entries that are not in the database yet"
              .formatted(limits.segments(), limits.segmentBytes()),
          null);
    }
    files++;
    int number = 1;
    while (!names.add(number)) {
      number++;
    }
    return SegmentNames.path(directory, number);
  }

  private synchronized void noteMade(@Nullable String failure) {
    notMade = failure;
    failedAt = System.nanoTime();
  }

  private synchronized void noteDeleted(SegmentFile file, @Nullable String failure) {
    notDeleted = failure;
    if (failure == null) {
      forget(file.path());
    } else {
      files--;
    }
  }

  private synchronized void forget(Path path) {
    files--;
    names.remove(SegmentNames.number(path));
  }

  /** A message alone is often only the file's name. */
  private String reason(IOException e) {
    return Files.isDirectory(directory)
        ? e.toString()
        : "the directory %s does not exist any more".formatted(directory);
  }

  synchronized void close() {
    free.forEach(SegmentFile::close);
    free.clear();
  }
}
