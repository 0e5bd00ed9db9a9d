package io.vsmmu.journal;

import io.vsmmu.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a journal's directory: one process uses it at a time. The kernel releases it when the
 * process ends, however that happens.
 */
final class DirectoryLock implements AutoCloseable {

  private static final String FILE = "journal.lock";

  private final FileChannel channel;

  private DirectoryLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Makes the directory if it does not exist, for its owner only, and locks it.
   *
   * @throws JournalRefusedException if another journal has it open, or it cannot be written
   */
  static DirectoryLock of(Path directory) {
    @Nullable FileChannel channel = null;
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      channel =
          FileChannel.open(
              directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      @Nullable FileLock lock = tryLock(channel);
      if (lock != null) {
        return new DirectoryLock(channel);
      }
      channel.close();
    } catch (IOException e) {
      throw new JournalRefusedException(
          new Problem(
              "the journal's directory",
              "%s (%s)".formatted(directory, e),
              "a directory that this process can write",
              "mend its rights or its file system, or give another one (--journal-dir)"),
          e);
    }
    throw new JournalRefusedException(
        new Problem(
            "the journal's directory",
            "%s, which another process has open".formatted(directory),
            "a directory that no other process uses",
            "end the other service, or give another directory (--journal-dir)"));
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException sameProcess) {
      return null;
    }
  }

  /** Releases the lock; if closing the file fails, the end of the process does. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
