package io.vsmmu.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The segment files that are not in use, and how many there may be. The thread {@code
 * journal-segments} makes files ahead, so that an append seldom has to. Thread-safe by its monitor,
 * under which no other lock is taken; making a file is done outside it.
 */
final class SegmentPool {

  private final Path directory;
  private final JournalLimits limits;
  private final Deque<SegmentFile> free = new ArrayDeque<>();

  /** Files in use or free, or being made. */
  private int files;

  /** The number of the next file's name. */
  private int nextName;

  private @Nullable String problem;

  /**
   * @param files number of files that exist and are in use
   * @param nextName a number that no file's name has, nor any after it
   */
  SegmentPool(Path directory, JournalLimits limits, int files, int nextName) {
    this.directory = directory;
    this.limits = limits;
    this.files = files;
    this.nextName = nextName;
  }

  /** Why no file could be made lately, for people; empty when there was no failure. */
  synchronized Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** The number of files that could still be taken. */
  synchronized int available() {
    return free.size() + Math.max(0, limits.segments() - files);
  }

  /**
   * A file for the next segment: a free one, or a new one.
   *
   * @throws JournalFullException if all are in use or none can be made
   */
  SegmentFile take() {
    SegmentFile ready = poll();
    return ready != null ? ready : make();
  }

  private synchronized @Nullable SegmentFile poll() {
    return free.poll();
  }

  /** Adds a file that exists and is not counted yet. */
  synchronized void add(SegmentFile file) {
    files++;
    free.add(file);
  }

  /** Returns a file whose entries are released. */
  synchronized void giveBack(SegmentFile file) {
    free.add(file);
  }

  /** Makes files until the spare ones are there, and deletes those beyond. */
  void keepSpare() {
    while (lacksSpare()) {
      try {
        giveBack(make());
      } catch (JournalFullException full) {
        return;
      }
    }
    @Nullable SegmentFile surplus = surplus();
    while (surplus != null) {
      delete(surplus);
      surplus = surplus();
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
    } catch (IOException e) {
      note("The segment file %s cannot be deleted: %s".formatted(file.path(), e.getMessage()));
    } finally {
      count(-1);
    }
  }

  private SegmentFile make() {
    Path path = reserve();
    try {
      SegmentFile made = SegmentFile.create(path, limits.segmentBytes());
      note(null);
      return made;
    } catch (IOException e) {
      count(-1);
      String message = "A segment file cannot be made: %s: %s".formatted(path, reason(e));
      note(message);
      throw new JournalFullException(message, e);
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
    return SegmentNames.path(directory, nextName++);
  }

  private synchronized void count(int change) {
    files += change;
  }

  private synchronized void note(@Nullable String what) {
    problem = what;
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
