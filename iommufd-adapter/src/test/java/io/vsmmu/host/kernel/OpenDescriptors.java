package io.vsmmu.host.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The descriptors of iommufds, vfio devices and memfds that this process has open. */
public final class OpenDescriptors {

  private OpenDescriptors() {}

  /** One word each, sorted. */
  public static List<String> ofHosts() {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.map(OpenDescriptors::target)
          .filter(name -> name.contains("iommu") || name.contains("vfio") || name.contains("memfd"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String target(Path link) {
    try {
      return String.valueOf(Files.readSymbolicLink(link));
    } catch (IOException gone) {
      return "";
    }
  }
}
