package io.vsmmu.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small tmpfs for tests of a full disk. A test that may not mount one is skipped. */
record SmallDisk(Path path) implements AutoCloseable {

  private static final int CHUNK_BYTES = 1 << 16;

  /**
   * Mounts a new one.
   *
   * @param size such as {@code 200m}
   */
  static SmallDisk mounted(Path path, String size) throws IOException {
    Files.createDirectories(path);
    int exit =
        run("mount", "-t", "tmpfs", "-o", "size=" + size + ",mode=0700", "tmpfs", path.toString());
    assumeTrue(exit == 0, "mounting a tmpfs needs root");
    return new SmallDisk(path);
  }

  /** Fills it to the last byte. */
  void fill() throws IOException {
    FileStore store = Files.getFileStore(path);
    try (OutputStream out = Files.newOutputStream(ballast())) {
      while (store.getUsableSpace() > 0) {
        out.write(new byte[(int) Math.min(CHUNK_BYTES, store.getUsableSpace())]);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  /** Frees what {@link #fill} used. */
  void empty() throws IOException {
    Files.delete(ballast());
  }

  private Path ballast() {
    return path.resolve("ballast");
  }

  @Override
  public void close() throws IOException {
    assertThat(run("umount", "-l", path.toString())).isZero();
  }

  private static int run(String... command) throws IOException {
    return new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue();
  }
}
