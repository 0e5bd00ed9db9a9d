package io.vsmmu.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small tmpfs of a test's own. A test that may not mount one is skipped. */
record SmallDisk(Path path) implements AutoCloseable {

  /** Mounts a new one of a number of KiB. */
  static SmallDisk mounted(Path path, int kibibytes) throws IOException {
    Files.createDirectories(path);
    String options = "size=%dk,mode=0700".formatted(kibibytes);
    int exit = run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path.toString());
    assumeTrue(exit == 0, "mounting a tmpfs needs root");
    return new SmallDisk(path);
  }

  /** Fills it to the last byte. */
  void fill() throws IOException {
    FileStore store = Files.getFileStore(path);
    try (OutputStream out = Files.newOutputStream(ballast())) {
      while (store.getUsableSpace() > 0) {
        out.write(new byte[4096]);
      }
    }
  }

  /** Frees what {@link #fill} used. */
  void empty() throws IOException {
    Files.delete(ballast());
  }

  void readOnly() throws IOException {
    assertEquals(0, run("mount", "-o", "remount,ro", path.toString()));
  }

  private Path ballast() {
    return path.resolve("ballast");
  }

  @Override
  public void close() throws IOException {
    assertEquals(0, run("umount", "-l", path.toString()));
  }

  private static int run(String... command) throws IOException {
    return new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue();
  }
}
