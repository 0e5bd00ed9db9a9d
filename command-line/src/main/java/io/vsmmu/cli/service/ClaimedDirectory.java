package io.vsmmu.cli.service;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.db.embedded.PrivateFolder;
import io.vsmmu.db.embedded.PrivateLock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A data directory that is locked against other services until this object is closed. */
public final class ClaimedDirectory implements AutoCloseable {

  /**
   * Locked while a service uses the directory; the kernel releases the lock when the process ends.
   * The file remains and shows that a service made the directory.
   */
  static final String LOCK_FILE = "vsmmu.lock";

  /** A file of every data directory with an embedded database. */
  private static final String DATABASE_MARK = "postgres/PG_VERSION";

  private final Path path;
  private final PrivateLock lock;

  private ClaimedDirectory(Path path, PrivateLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes the directory if it does not exist, and locks it.
   *
   * @throws Failure {@link ExitCode#LOCAL} when it cannot be written, another service uses it, or
   *     it holds files and was not made by a service
   */
  public static ClaimedDirectory claim(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    try {
      PrivateFolder.make(path);
      Optional<Path> foreign = foreign(path);
      if (foreign.isPresent()) {
        throw refused(
            path,
            "it holds '%s' and was not made by vsmmu, which removes files in its data directory"
                .formatted(foreign.get().getFileName()),
            null);
      }
      return PrivateLock.tryTake(path.resolve(LOCK_FILE))
          .map(lock -> new ClaimedDirectory(path, lock))
          .orElseThrow(() -> refused(path, "another vsmmu uses it", null));
    } catch (FileAlreadyExistsException e) {
      throw refused(path, e.getFile() + " is not a directory", e);
    } catch (PrivateFolder.UntrustedFolderException e) {
      throw refused(path, e.getFile() + ": " + e.getReason(), e);
    } catch (IOException e) {
      throw refused(path, "it cannot be written (%s)".formatted(e), e);
    }
  }

  /**
   * A file that shows that no service made the directory; empty if a service made it or it is
   * empty. A service made it if it has the lock file, which is made before everything else, or the
   * database of an earlier version. Files whose names begin with a dot, as in a home directory, and
   * {@code lost+found} do not count, because they are never touched.
   */
  private static Optional<Path> foreign(Path directory) throws IOException {
    if (Files.isRegularFile(directory.resolve(LOCK_FILE), LinkOption.NOFOLLOW_LINKS)
        || Files.isRegularFile(directory.resolve(DATABASE_MARK), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(ClaimedDirectory::hasMeaning).sorted().findFirst();
    }
  }

  private static boolean hasMeaning(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".") && !name.equals("lost+found");
  }

  private static Failure refused(Path path, String why, @Nullable Throwable cause) {
    return new Failure(
        ExitCode.LOCAL,
        "data directory '%s': %s; allowed: a directory that can be written and is not in use, empty or made by vsmmu (--data-dir)"
            .formatted(path, why),
        cause);
  }

  /** The absolute path of the directory. */
  public Path path() {
    return path;
  }

  /** Whether the file is the lock file, which must not be deleted. */
  public boolean isLock(Path file) {
    return file.endsWith(LOCK_FILE);
  }

  @Override
  public void close() {
    lock.close();
  }
}
