package io.vsmmu.control.host;

import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.posix.Fd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Descriptors of this process, as /proc/self/fd shows them. */
final class OpenFiles {

  private OpenFiles() {}

  /** How many of them are of this file. */
  static long of(String target) {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(fd -> isOf(fd, target)).count();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static boolean isOf(Path fd, String target) {
    try {
      return Files.readSymbolicLink(fd).toString().startsWith(target);
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  /** A new one. */
  static Fd open(String file) {
    return KernelCalls.system().open(Path.of(file)).value();
  }
}
