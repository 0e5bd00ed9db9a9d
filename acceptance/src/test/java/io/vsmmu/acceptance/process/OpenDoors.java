package io.vsmmu.acceptance.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the processes of a service have made and listen on, as Linux shows it in /proc. */
final class OpenDoors {

  private static final String LISTENING_TCP = "0A";
  private static final long ACCEPTS = 0x10000;

  private static final Set<PosixFilePermission> STRANGERS_WRITE =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private OpenDoors() {}

  /** Files and folders of a tree, and those that the processes have open and that are new. */
  static Set<Path> files(List<ProcessHandle> processes, Instant since, Path... trees)
      throws IOException {
    Set<Path> found = new TreeSet<>();
    for (Path tree : trees) {
      try (Stream<Path> all = Files.walk(tree)) {
        all.forEach(found::add);
      }
    }
    for (ProcessHandle process : processes) {
      Stream.concat(descriptors(process).stream(), mapped(process).stream())
          .filter(name -> name.startsWith("/") && !name.startsWith("/proc/"))
          .map(Path::of)
          .filter(file -> isNew(file, since))
          .forEach(found::add);
    }
    return found;
  }

  private static boolean isNew(Path file, Instant since) {
    try {
      return Files.isRegularFile(file)
          && Files.getLastModifiedTime(file).toInstant().isAfter(since);
    } catch (IOException gone) {
      return false;
    }
  }

  /** Those that another account may write, with owner and mode. */
  static List<String> writableByStrangers(Set<Path> files) throws IOException {
    List<String> open = new ArrayList<>();
    for (Path file : files) {
      try {
        PosixFileAttributes is =
            Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!is.isSymbolicLink() && is.permissions().stream().anyMatch(STRANGERS_WRITE::contains)) {
          open.add(
              "%s %s %s"
                  .formatted(
                      PosixFilePermissions.toString(is.permissions()), is.owner().getName(), file));
        }
      } catch (NoSuchFileException gone) {
        continue;
      }
    }
    return open;
  }

  /** Ports of TCP and UDP, as {@code tcp:8080}. */
  static Set<String> ports(List<ProcessHandle> processes) throws IOException {
    Set<String> ours = sockets(processes);
    Set<String> ports = new TreeSet<>();
    for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
      for (String line : rows(table)) {
        String[] fields = line.strip().split("\\s+");
        boolean listens = table.startsWith("udp") || fields[3].equals(LISTENING_TCP);
        if (listens && ours.contains(fields[9])) {
          String hexadecimal = fields[1].substring(fields[1].lastIndexOf(':') + 1);
          ports.add(table.substring(0, 3) + ":" + Integer.parseInt(hexadecimal, 16));
        }
      }
    }
    return ports;
  }

  /** Paths of the Unix sockets that they listen on; abstract ones begin with {@code @}. */
  static Set<String> unixSockets(List<ProcessHandle> processes) throws IOException {
    Set<String> ours = sockets(processes);
    Set<String> paths = new TreeSet<>();
    for (String line : rows("unix")) {
      String[] fields = line.strip().split("\\s+", 8);
      if (ours.contains(fields[6]) && (Long.parseLong(fields[3], 16) & ACCEPTS) != 0) {
        paths.add(fields.length > 7 ? fields[7] : "(without a name)");
      }
    }
    return paths;
  }

  private static List<String> rows(String table) throws IOException {
    return Files.readAllLines(Path.of("/proc/net", table)).stream().skip(1).toList();
  }

  private static Set<String> sockets(List<ProcessHandle> processes) throws IOException {
    Set<String> inodes = new HashSet<>();
    for (ProcessHandle process : processes) {
      descriptors(process).stream()
          .filter(target -> target.startsWith("socket:"))
          .forEach(target -> inodes.add(target.replaceAll("[^0-9]", "")));
    }
    return inodes;
  }

  private static List<String> descriptors(ProcessHandle process) throws IOException {
    List<String> targets = new ArrayList<>();
    try (Stream<Path> all = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      for (Path descriptor : all.toList()) {
        targets.add(Files.readSymbolicLink(descriptor).toString());
      }
    } catch (NoSuchFileException closed) {
      return targets;
    }
    return targets;
  }

  private static List<String> mapped(ProcessHandle process) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/maps")).stream()
        .map(line -> line.split("\\s+", 6))
        .filter(fields -> fields.length == 6)
        .map(fields -> fields[5])
        .toList();
  }
}
