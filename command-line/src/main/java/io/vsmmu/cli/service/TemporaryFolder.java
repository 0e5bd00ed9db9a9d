package io.vsmmu.cli.service;

import io.vsmmu.db.embedded.PrivateFolder;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder for temporary files of a service. It is emptied at each start, but only if a service
 * made it.
 */
final class TemporaryFolder {

  /** Shows that the folder was made by a service. */
  static final String MARK = ".vsmmu";

  /** Prefixes of the names of files in folders that services made before they left a mark. */
  private static final List<String> KNOWN = List.of("tomcat", "docbase", "jffi", "libzstd-jni");

  private TemporaryFolder() {}

  /** The folder has contents that no service made. */
  static final class Foreign extends FileSystemException {

    private static final long serialVersionUID = 1L;

    Foreign(Path folder, Path content) {
      super(
          folder.toString(),
          null,
          "it is emptied at each start, but holds '%s', which vsmmu did not make: move that away"
              .formatted(content.getFileName()));
    }
  }

  /**
   * Makes the folder, or removes what a killed service left in it.
   *
   * @return the folder, without symbolic links in its path
   * @throws Foreign if it has contents that no service made; nothing is removed then
   */
  static Path emptied(Path folder) throws IOException {
    Path path = PrivateFolder.make(folder);
    Path mark = path.resolve(MARK);
    List<Path> left;
    try (Stream<Path> all = Files.list(path)) {
      left = all.filter(file -> !file.equals(mark)).toList();
    }
    if (!Files.isRegularFile(mark, LinkOption.NOFOLLOW_LINKS)) {
      Optional<Path> foreign = left.stream().filter(file -> !isKnown(file)).findFirst();
      if (foreign.isPresent()) {
        throw new Foreign(path, foreign.get());
      }
      Files.createFile(mark, PrivateFolder.fileMode());
    }
    for (Path file : left) {
      delete(file);
    }
    return path;
  }

  private static boolean isKnown(Path file) {
    String name = String.valueOf(file.getFileName());
    return KNOWN.stream().anyMatch(name::startsWith);
  }

  /** Deletes a file or folder; symbolic links are not followed. */
  private static void delete(Path file) throws IOException {
    try (Stream<Path> all = Files.walk(file)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
