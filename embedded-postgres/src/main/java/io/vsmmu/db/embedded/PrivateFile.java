package io.vsmmu.db.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Writes small files of mode 0600, such as those of secrets. */
public final class PrivateFile {

  private PrivateFile() {}

  /**
   * Writes a file, in the place of an existing one. It has its name only when it is complete and on
   * the storage device, so that the end of the process or of the machine leaves the old one or the
   * new one.
   *
   * @param file its folder exists
   */
  public static void replace(Path file, String text) throws IOException {
    Path begun =
        file.resolveSibling(".%s.%d".formatted(file.getFileName(), ProcessHandle.current().pid()));
    Files.deleteIfExists(begun);
    try (FileChannel out =
        FileChannel.open(
            begun,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PrivateFolder.fileMode())) {
      write(out, text);
    }
    Files.move(begun, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  /** Writes a text at the channel's position, on the storage device when it returns. */
  public static void write(FileChannel out, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
    out.force(true);
  }
}
