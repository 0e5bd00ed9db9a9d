package io.vsmmu.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A small tmpfs of a test's own, for tests of a file system that is full or read-only. */
public final class SmallDisk implements AutoCloseable {

  /** Why there may be none. */
  public static final String NEEDS = "mounting a tmpfs needs root";

  private static final int CHUNK_BYTES = 1 << 16;

  private final Path path;

  private SmallDisk(Path path) {
    this.path = path;
  }

  /**
   * Mounts a new one.
   *
   * @param path where; made if it does not exist
   * @param size such as {@code 200m} or {@code 64k}
   * @return empty if this process may not mount one
   */
  public static Optional<SmallDisk> mounted(Path path, String size) throws IOException {
    Files.createDirectories(path);
    String options = "size=%s,mode=0700".formatted(size);
    return run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path.toString()) == 0
        ? Optional.of(new SmallDisk(path))
        : Optional.empty();
  }

  public Path path() {
    return path;
  }

  /** Fills it to the last byte. */
  public void fill() throws IOException {
    fill(0);
  }

  /** Fills it until a number of bytes is left. */
  public void fill(long left) throws IOException {
    FileStore store = Files.getFileStore(path);
    try (OutputStream out = Files.newOutputStream(ballast())) {
      for (long room = room(store, left); room > 0; room = room(store, left)) {
        out.write(new byte[(int) Math.min(CHUNK_BYTES, room)]);
      }
    } catch (IOException full) {
      // Another process may have taken the last bytes.
      if (!String.valueOf(full.getMessage()).contains("No space left")) {
        throw full;
      }
    }
  }

  private static long room(FileStore store, long left) throws IOException {
    return store.getUsableSpace() - left;
  }

  /** Frees what {@link #fill} used. */
  public void empty() throws IOException {
    Files.delete(ballast());
  }

  /** Makes the file system read-only; no file on it may be open for writing. */
  public void readOnly() throws IOException {
    must("mount", "-o", "remount,ro", path.toString());
  }

  private Path ballast() {
    return path.resolve("ballast");
  }

  @Override
  public void close() throws IOException {
    must("umount", "-l", path.toString());
  }

  private static void must(String... command) throws IOException {
    int exit = run(command);
    if (exit != 0) {
      throw new IOException("exit code %d of %s".formatted(exit, String.join(" ", command)));
    }
  }

  private static int run(String... command) throws IOException {
    return new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue();
  }
}
