package io.vsmmu.control.cli.service;

import io.vsmmu.control.cli.outcome.ExitCode;
import io.vsmmu.control.cli.outcome.Failure;
import io.vsmmu.db.embedded.PrivateFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A data directory that no other service uses while this one is open. */
public final class ClaimedDirectory implements AutoCloseable {

  /** Locked as long as a service uses the directory; the lock ends with the process. */
  static final String LOCK_FILE = "vsmmu.lock";

  private final Path path;
  private final FileChannel lock;

  private ClaimedDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes the directory if there is none, and claims it.
   *
   * @throws Failure {@link ExitCode#LOCAL} when it cannot be written or another service uses it
   */
  public static ClaimedDirectory claim(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    try {
      PrivateFolder.make(path);
      Path lock = path.resolve(LOCK_FILE);
      FileChannel channel =
          FileChannel.open(
              lock,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PrivateFolder.fileMode());
      // Who may read a file may hold a lock on it that keeps ours away.
      Files.setPosixFilePermissions(lock, PrivateFolder.FILE_MODE);
      if (isTaken(channel)) {
        channel.close();
        throw refused(path, "another vsmmu uses it", null);
      }
      return new ClaimedDirectory(path, channel);
    } catch (FileAlreadyExistsException e) {
      throw refused(path, e.getFile() + " is not a directory", e);
    } catch (PrivateFolder.NotOurs e) {
      throw refused(path, e.getReason(), e);
    } catch (IOException e) {
      throw refused(path, "it cannot be written (%s)".formatted(e), e);
    }
  }

  private static boolean isTaken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException inThisProcess) {
      return true;
    }
  }

  private static Failure refused(Path path, String why, @Nullable Throwable cause) {
    return new Failure(
        ExitCode.LOCAL,
        "data directory '%s': %s; allowed: a directory that can be written and is not in use (--data-dir)"
            .formatted(path, why),
        cause);
  }

  /** The directory, absolute. */
  public Path path() {
    return path;
  }

  /** Whether the file is the one that claims the directory; it must stay. */
  public boolean isLock(Path file) {
    return file.endsWith(LOCK_FILE);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
