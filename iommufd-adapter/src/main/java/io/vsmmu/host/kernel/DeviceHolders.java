package io.vsmmu.host.kernel;

import java.nio.file.Path;
import java.util.Optional;

/** Finds the process that has a vfio device file open, as far as we may look (/proc/PID/fd). */
final class DeviceHolders {

  private static final String PID = "\\d+";

  private final HostPaths paths;

  DeviceHolders(HostPaths paths) {
    this.paths = paths;
  }

  /**
   * A process with this device file.
   *
   * @param deviceFile its name, {@code vfio0}
   */
  Optional<String> of(String deviceFile) {
    return TextFile.names(paths.proc()).stream()
        .filter(name -> name.matches(PID))
        .limit(KernelHostLimits.PROCESSES)
        .filter(pid -> has(paths.proc().resolve(pid).resolve("fd"), deviceFile))
        .findFirst()
        .map(this::text);
  }

  private static boolean has(Path descriptors, String deviceFile) {
    return TextFile.names(descriptors).stream()
        .map(number -> TextFile.linkedName(descriptors.resolve(number)))
        .anyMatch(name -> name.filter(deviceFile::equals).isPresent());
  }

  private String text(String pid) {
    String name = TextFile.read(paths.proc().resolve(pid).resolve("comm")).orElse("?");
    return "held by process %s (%s)".formatted(pid, name);
  }
}
