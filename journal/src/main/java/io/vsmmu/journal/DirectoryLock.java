package io.vsmmu.journal;

import io.vsmmu.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lock of a journal's directory: one process uses it at a time. The kernel releases it when the
 * process ends, however that happens.
 */
final class DirectoryLock implements AutoCloseable {

  private static final String FILE = "journal.lock";

  /**
   * The lock files that this process has open. A process loses its lock of a file when it closes
   * any descriptor of it (fcntl(2), F_SETLK), so a second one must not even be opened.
   */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private DirectoryLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks a directory, which the caller has made, for itself only.
   *
   * @throws JournalRefusedException if another journal has it open, or it cannot be written
   */
  static DirectoryLock of(Path directory) {
    try {
      Path file = directory.toRealPath().resolve(FILE);
      if (!OPEN.add(file)) {
        throw inUse(directory, "this process uses already");
      }
      try {
        return new DirectoryLock(file, locked(directory, file));
      } catch (IOException | RuntimeException e) {
        OPEN.remove(file);
        throw e;
      }
    } catch (IOException e) {
      throw new JournalRefusedException(
          new Problem(
              "the journal's directory",
              "%s (%s)".formatted(directory, e),
              "a directory that this process can write",
              "mend its rights or its file system, or give another one (--journal-dir DIR)"),
          e);
    }
  }

  private static FileChannel locked(Path directory, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw inUse(directory, "another process has open");
  }

  private static JournalRefusedException inUse(Path directory, String how) {
    return new JournalRefusedException(
        new Problem(
            "the journal's directory",
            "%s, which %s".formatted(directory, how),
            "a directory that no other process uses",
            "end the other service, or give another directory (--journal-dir DIR)"));
  }

  /** Releases the lock; if closing the file fails, the end of the process does. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      OPEN.remove(file);
    }
  }
}
