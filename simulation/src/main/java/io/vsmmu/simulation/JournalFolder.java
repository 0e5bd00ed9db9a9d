package io.vsmmu.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The directories of a journal, one for each process that opens it, in memory where it can be. */
final class JournalFolder {

  private final Path folder;
  private int lives;

  JournalFolder() {
    try {
      Path memory = Path.of("/dev/shm");
      folder =
          Files.isWritable(memory)
              ? Files.createTempDirectory(memory, "vsmmu-simulation")
              : Files.createTempDirectory("vsmmu-simulation");
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** The directory of the next process, with these files. */
  Path next(Map<String, byte[]> files) {
    if (lives > 0) {
      DiskImage.delete(present());
    }
    lives++;
    DiskImage.write(present(), files);
    return present();
  }

  Path present() {
    return folder.resolve("life" + lives);
  }

  void delete() {
    DiskImage.delete(folder);
  }
}
