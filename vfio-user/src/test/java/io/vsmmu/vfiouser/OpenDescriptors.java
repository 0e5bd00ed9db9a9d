package io.vsmmu.vfiouser;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Sockets, eventfds and memory that this process has open; files are the JVM's own business. */
final class OpenDescriptors {

  private OpenDescriptors() {}

  static long count() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.map(OpenDescriptors::target).filter(OpenDescriptors::ours).count();
    }
  }

  private static boolean ours(String target) {
    return target.startsWith("socket:")
        || target.startsWith("anon_inode:[eventfd]")
        || target.startsWith("/memfd:");
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException closedMeanwhile) {
      return "";
    }
  }
}
