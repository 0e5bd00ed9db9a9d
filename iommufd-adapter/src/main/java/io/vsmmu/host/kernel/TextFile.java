package io.vsmmu.host.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads files of the kernel. A file that does not exist, cannot be read or is removed while it is
 * read counts as empty.
 */
final class TextFile {

  private TextFile() {}

  /** The text without surrounding white space, cut after {@link KernelHostLimits#FILE_BYTES}. */
  static Optional<String> read(Path file) {
    return content(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
  }

  /** The bytes that this process may read, at most {@link KernelHostLimits#FILE_BYTES}. */
  static byte[] bytes(Path file) {
    return content(file).orElseGet(() -> new byte[0]);
  }

  private static Optional<byte[]> content(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(in.readNBytes(KernelHostLimits.FILE_BYTES));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** The name at the end of a symbolic link. */
  static Optional<String> linkedName(Path link) {
    try {
      return Optional.ofNullable(Files.readSymbolicLink(link).getFileName()).map(Path::toString);
    } catch (IOException | UnsupportedOperationException gone) {
      return Optional.empty();
    }
  }

  /**
   * The names in a directory in ascending order, at most {@link
   * KernelHostLimits#DIRECTORY_ENTRIES}.
   */
  static List<String> names(Path directory) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (names.size() == KernelHostLimits.DIRECTORY_ENTRIES) {
          break;
        }
        names.add(String.valueOf(entry.getFileName()));
      }
    } catch (IOException | DirectoryIteratorException gone) {
      return names.stream().sorted().toList();
    }
    return names.stream().sorted().toList();
  }
}
