package io.vsmmu.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A data directory taken by this process, and what a killed process may have left in it. */
final class DataDirectory implements AutoCloseable {

  /** PostgreSQL writes its process number in the first line. */
  private static final String PID_FILE = "postmaster.pid";

  private static final Duration STOP_WAIT = Duration.ofSeconds(20);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final Path PROCESSES = Path.of("/proc");

  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes the directory: a lock on a file beside it, which ends with this process.
   *
   * @throws IllegalStateException if it is taken
   */
  static DataDirectory take(Path dataDirectory) throws IOException {
    Path path = dataDirectory.toAbsolutePath().normalize();
    Files.createDirectories(path);
    FileChannel channel =
        FileChannel.open(
            path.resolveSibling(path.getFileName() + ".lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    if (tryLock(channel) == null) {
      channel.close();
      throw new IllegalStateException("Another process uses the data directory " + path);
    }
    return new DataDirectory(path.toRealPath(), channel);
  }

  Path path() {
    return path;
  }

  /**
   * Stops a server whose starter was killed, and removes its process file. PostgreSQL itself
   * refuses to start if the number in the file belongs to any living process, also to one that has
   * nothing to do with it.
   */
  void clearLeftovers() throws IOException {
    for (ProcessHandle server : servers()) {
      stop(server);
    }
    waitUntilGone();
    Files.deleteIfExists(path.resolve(PID_FILE));
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private List<ProcessHandle> servers() {
    Optional<ProcessHandle> recorded = recordedPid().flatMap(ProcessHandle::of);
    return recorded.filter(this::worksHere).stream().toList();
  }

  /** The server's processes have the data directory as their working directory. */
  private boolean worksHere(ProcessHandle process) {
    Path directory = PROCESSES.resolve(process.pid() + "/cwd");
    try {
      return Files.exists(directory, LinkOption.NOFOLLOW_LINKS)
          ? Files.readSymbolicLink(directory).equals(path)
          : isPostgres(process);
    } catch (IOException e) {
      // Not readable, so another user's process, so not a server started by us.
      return false;
    }
  }

  private static boolean isPostgres(ProcessHandle process) {
    return !Files.isDirectory(PROCESSES)
        && process.info().command().filter(command -> command.contains("postgres")).isPresent();
  }

  /**
   * SIGINT is PostgreSQL's fast shutdown; Java itself can send SIGTERM only, which waits for
   * clients.
   */
  private static void stop(ProcessHandle server) throws IOException {
    try {
      new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
      server.onExit().get(STOP_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while stopping process " + server.pid(), e);
    } catch (Exception e) {
      server.destroyForcibly();
    }
  }

  /** Waits for the server's processes: those of a killed server keep its memory for a moment. */
  void waitUntilGone() throws IOException {
    long deadline = System.nanoTime() + STOP_WAIT.toNanos();
    while (anyoneWorksHere()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("Processes of an earlier server still use " + path);
      }
      try {
        Thread.sleep(LOOK_AGAIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Interrupted while waiting for an earlier server", e);
      }
    }
  }

  private boolean anyoneWorksHere() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.anyMatch(
          process -> process.pid() != ProcessHandle.current().pid() && worksHere(process));
    }
  }

  private Optional<Long> recordedPid() {
    Path file = path.resolve(PID_FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.findFirst().map(String::strip).map(Long::valueOf);
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      // A torn file of a crash names no process.
      return Optional.empty();
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }
}
