package io.vsmmu.cli.output;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that a command writes. A regular file is replaced when the new one is complete, and keeps
 * its permissions. A symbolic link remains, and its target is written. A FIFO or a device is opened
 * and written.
 */
public final class DestinationFile {

  /** Symbolic links that are followed, as many as Linux follows (path_resolution(7)). */
  private static final int LINKS = 40;

  private static final int BUFFER = 1 << 16;

  private final Path file;

  public DestinationFile(Path file) {
    this.file = file;
  }

  /** Opens the stream of the bytes that are written. */
  @FunctionalInterface
  public interface Source {
    InputStream open();
  }

  /**
   * Writes all bytes of a source. If the source cannot be opened, or breaks off, a regular file
   * stays as it is.
   *
   * @return the number of bytes
   * @throws Failure with {@link ExitCode#USAGE} for a directory, {@link ExitCode#LOCAL} when the
   *     file cannot be written, {@link ExitCode#UNREACHABLE} when the source breaks off
   */
  public long write(Source source) {
    try {
      Path target = withoutLinks();
      @Nullable BasicFileAttributes there = attributes(target);
      if (there != null && there.isDirectory()) {
        throw refused(ExitCode.USAGE, "it is a directory", null);
      }
      return there == null || there.isRegularFile()
          ? replace(target, there != null, source)
          : transfer(source, target, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw refused(ExitCode.LOCAL, e.toString(), e);
    }
  }

  private Path withoutLinks() throws IOException {
    Path target = file.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == LINKS) {
        throw new FileSystemLoopException(file.toString());
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static @Nullable BasicFileAttributes attributes(Path target) throws IOException {
    try {
      return Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException nothingThere) {
      return null;
    }
  }

  private static long replace(Path target, boolean isThere, Source source) throws IOException {
    Path part = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".part");
    try {
      long bytes = transfer(source, part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      if (isThere) {
        takePermissions(target, part);
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      return bytes;
    } finally {
      discard(part);
    }
  }

  private static void takePermissions(Path from, Path to) throws IOException {
    PosixFileAttributeView old = Files.getFileAttributeView(from, PosixFileAttributeView.class);
    PosixFileAttributeView made = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (old != null && made != null) {
      made.setPermissions(old.readAttributes().permissions());
    }
  }

  private static long transfer(Source source, Path to, StandardOpenOption... how)
      throws IOException {
    try (InputStream in = source.open();
        OutputStream out = Files.newOutputStream(to, how)) {
      byte[] bytes = new byte[BUFFER];
      long written = 0;
      for (int read = next(in, bytes, written); read >= 0; read = next(in, bytes, written)) {
        out.write(bytes, 0, read);
        written += read;
      }
      return written;
    }
  }

  /**
   * Reads the next bytes of the source; -1 at its end.
   *
   * @throws Failure {@link ExitCode#UNREACHABLE} if it ended too early, which is not a fault of the
   *     file
   */
  private static int next(InputStream in, byte[] bytes, long before) {
    try {
      return in.read(bytes);
    } catch (IOException ended) {
      throw new Failure(
          ExitCode.UNREACHABLE,
          "The answer of the service ended after %d bytes, before it was complete: %s%n  The file is not written; ask again"
              .formatted(before, ended.getMessage()),
          ended);
    }
  }

  private static void discard(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      // Either it was moved, or its name says what it is; the result of the command is the same.
      part.toFile().deleteOnExit();
    }
  }

  private Failure refused(ExitCode code, String why, @Nullable Throwable cause) {
    return new Failure(
        code,
        "FILE '%s' cannot be written: %s; allowed: a writable path".formatted(file, why),
        cause);
  }
}
