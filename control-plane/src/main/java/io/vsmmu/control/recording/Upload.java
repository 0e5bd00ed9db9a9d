package io.vsmmu.control.recording;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The complete body of a request in a file, which is deleted on {@link #close}. */
final class Upload implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;

  private Upload(Path file) {
    this.file = file;
  }

  /** Deletes uploads of a service that was killed. */
  static void removeLeftOvers(Path directory) {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "upload-*.part")) {
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    } catch (IOException kept) {
      System.getLogger(Upload.class.getName())
          .log(System.Logger.Level.WARNING, "left-over uploads stay: {0}", kept.getMessage());
    }
  }

  /** The body is longer than allowed. */
  static final class TooLong extends IOException {

    private static final long serialVersionUID = 1L;

    TooLong(long allowed) {
      super("more than " + allowed + " bytes");
    }
  }

  /**
   * Receives a body.
   *
   * @param most bytes allowed
   * @param run counts the bytes as progress
   * @throws TooLong when the body has more bytes
   */
  static Upload receive(InputStream body, Path directory, long most, ImportRun run)
      throws IOException {
    Files.createDirectories(directory);
    Path file = Files.createTempFile(directory, "upload-", ".part");
    UploadSpace room = new UploadSpace(file);
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long received = 0;
      for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
        received += n;
        if (received > most) {
          throw new TooLong(most);
        }
        room.take(n);
        out.write(buffer, 0, n);
        run.addBytes(n);
      }
    } catch (IOException | RuntimeException failed) {
      Files.deleteIfExists(file);
      throw failed;
    }
    return new Upload(file);
  }

  Path file() {
    return file;
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
