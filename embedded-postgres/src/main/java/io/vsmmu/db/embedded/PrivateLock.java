package io.vsmmu.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lock of a file of mode 0600, which excludes other processes and other threads of this one
 * until it is closed or the process ends. The file remains.
 *
 * <p>A file that this process has locked is never opened a second time here, because the kernel
 * drops all locks that a process has on a file as soon as it closes any descriptor of it (fcntl(2),
 * "Advisory record locking").
 */
public final class PrivateLock implements AutoCloseable {

  /** The files that this process has locked or is about to, by their real paths. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private PrivateLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks a file and creates it if it does not exist.
   *
   * @param file its folder exists
   * @return empty if another process, or this one, has locked it
   * @throws IOException if it cannot be opened for writing
   */
  public static Optional<PrivateLock> tryTake(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path folder = absolute.getParent();
    Path real = folder == null ? absolute : folder.toRealPath().resolve(absolute.getFileName());
    if (!HELD.add(real)) {
      return Optional.empty();
    }
    Optional<FileChannel> locked = Optional.empty();
    try {
      locked = locked(real);
    } finally {
      if (locked.isEmpty()) {
        HELD.remove(real);
      }
    }
    return locked.map(channel -> new PrivateLock(real, channel));
  }

  private static Optional<FileChannel> locked(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PrivateFolder.fileMode());
    boolean taken = false;
    try {
      // Another user who may open the file could lock it, and so keep this process out.
      Files.setPosixFilePermissions(file, PrivateFolder.FILE_MODE);
      taken = channel.tryLock() != null;
    } finally {
      if (!taken) {
        channel.close();
      }
    }
    return taken ? Optional.of(channel) : Optional.empty();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      HELD.remove(file);
    }
  }
}
