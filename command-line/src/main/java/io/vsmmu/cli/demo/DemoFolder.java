package io.vsmmu.cli.demo;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.service.ClaimedDirectory;
import io.vsmmu.db.embedded.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Empties the default folder of {@code demo}, so that every run starts from the same state. */
final class DemoFolder {

  /** PostgreSQL keeps this file in its data directory while it runs. */
  private static final String SERVER_RUNS = "postmaster.pid";

  private static final int SERVER_DEPTH = 2;

  private DemoFolder() {}

  /**
   * Removes what earlier runs left. A server that a killed run left behind is stopped first.
   *
   * @param claimed the directory, locked against other processes
   */
  static void empty(ClaimedDirectory claimed) {
    try {
      stopLeftovers(claimed.path());
      for (Path child : children(claimed.path())) {
        if (!claimed.isLock(child)) {
          delete(child);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new Failure(
          ExitCode.LOCAL,
          "data directory '%s' cannot be emptied: %s".formatted(claimed.path(), e.getMessage()),
          e);
    }
  }

  private static void stopLeftovers(Path folder) throws IOException {
    List<Path> running;
    try (Stream<Path> files = Files.walk(folder, SERVER_DEPTH)) {
      running = files.filter(file -> file.endsWith(SERVER_RUNS)).toList();
    }
    for (Path file : running) {
      Path server = file.getParent();
      if (server != null) {
        EmbeddedDatabase.stopLeftovers(server);
      }
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }

  private static void delete(Path path) throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
