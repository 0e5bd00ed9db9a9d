package io.vsmmu.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Files in memory, where the machine has such a file system. */
final class Scratch {

  private static final Path MEMORY = Path.of("/dev/shm");

  private Scratch() {}

  /** The path of a file that is deleted when the process ends. */
  static Path file(String name) {
    Path file = folder(name).resolve("file");
    file.toFile().deleteOnExit();
    return file;
  }

  /** An empty folder that is deleted when the process ends. */
  static Path folder(String name) {
    try {
      Path folder =
          Files.isWritable(MEMORY)
              ? Files.createTempDirectory(MEMORY, "vsmmu-fuzz-" + name)
              : Files.createTempDirectory("vsmmu-fuzz-" + name);
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Deletes what a folder contains, if it exists. */
  static void empty(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> paths = all.sorted(Comparator.reverseOrder()).toList();
      for (Path path : paths) {
        if (!path.equals(folder)) {
          Files.delete(path);
        }
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
