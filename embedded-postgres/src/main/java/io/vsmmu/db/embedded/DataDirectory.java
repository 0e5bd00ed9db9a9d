package io.vsmmu.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A data directory that this process has locked, and the server processes that work in it, also
 * those that a killed predecessor of this process has left. Closing it releases the lock.
 */
final class DataDirectory implements AutoCloseable {

  /** PostgreSQL's lock file in the data directory; its first line is the postmaster's pid. */
  static final String PID_FILE = "postmaster.pid";

  private static final Duration STOP_WAIT = Duration.ofSeconds(20);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
  private static final Path PROCESSES = Path.of("/proc");

  /** The directory as configured, which may be a link; files beside it are beside this one. */
  private final Path configured;

  private final Path path;
  private final PrivateLock lock;

  private DataDirectory(Path configured, Path path, PrivateLock lock) {
    this.configured = configured;
    this.path = path;
    this.lock = lock;
  }

  /**
   * Locks the directory, and creates it if it does not exist. The lock is on a file beside it and
   * ends with this process, however that ends.
   *
   * @throws IllegalStateException if another process has locked it
   * @throws java.nio.file.FileSystemException if another user could replace files in it
   */
  static DataDirectory take(Path dataDirectory) throws IOException {
    Path path = dataDirectory.toAbsolutePath().normalize();
    Path real = PrivateFolder.make(path);
    PrivateLock lock =
        PrivateLock.tryTake(sibling(path, ".lock"))
            .orElseThrow(
                () -> new IllegalStateException("Another process uses the data directory " + path));
    return new DataDirectory(path, real, lock);
  }

  /** Absolute path of the directory, without symbolic links. */
  Path path() {
    return path;
  }

  /** Path of a file or folder that belongs to the directory and lies beside it. */
  Path beside(String suffix) {
    return sibling(configured, suffix);
  }

  private static Path sibling(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
  }

  /**
   * Stops a server whose parent process was killed, and removes its {@link #PID_FILE}. PostgreSQL
   * itself refuses to start while the pid in the file is that of any running process, even of an
   * unrelated one that got the number later.
   *
   * @throws IOException if a process of the server does not end
   */
  void clearLeftovers() throws IOException {
    for (ProcessHandle server : servers()) {
      stop(server);
    }
    waitUntilGone();
    Files.deleteIfExists(path.resolve(PID_FILE));
  }

  @Override
  public void close() {
    lock.close();
  }

  private List<ProcessHandle> servers() {
    Optional<ProcessHandle> recorded = recordedPid().flatMap(ProcessHandle::of);
    return recorded.filter(this::isServerProcess).stream().toList();
  }

  /**
   * Whether a process belongs to a server on this directory: it runs the program that this service
   * unpacked, and has the data directory as its working directory. The latter alone would also hold
   * for a shell or an editor.
   */
  private boolean isServerProcess(ProcessHandle process) {
    Path directory = PROCESSES.resolve(process.pid() + "/cwd");
    try {
      return Files.exists(directory, LinkOption.NOFOLLOW_LINKS)
          ? Files.readSymbolicLink(directory).equals(path)
              && PostgresBinaries.isServer(
                  Files.readSymbolicLink(PROCESSES.resolve(process.pid() + "/exe")))
          : isPostgres(process);
    } catch (IOException e) {
      // The links of another user's process are not readable; such a process is not the server.
      return false;
    }
  }

  private static boolean isPostgres(ProcessHandle process) {
    return !Files.isDirectory(PROCESSES)
        && process.info().command().filter(command -> command.contains("postgres")).isPresent();
  }

  /**
   * Sends SIGINT, PostgreSQL's fast shutdown, which ends the connections. {@link ProcessHandle} can
   * only send SIGTERM, upon which PostgreSQL waits until the clients have closed theirs.
   */
  static void interrupt(ProcessHandle server) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
  }

  boolean isEmpty() throws IOException {
    try (Stream<Path> all = Files.list(path)) {
      return all.findAny().isEmpty();
    }
  }

  /** Deletes everything in the directory. */
  void empty() throws IOException {
    List<Path> children;
    try (Stream<Path> all = Files.list(path)) {
      children = all.toList();
    }
    for (Path child : children) {
      PostgresBinaries.delete(child);
    }
  }

  private static void stop(ProcessHandle server) throws IOException {
    try {
      interrupt(server);
      server.onExit().get(STOP_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while stopping process " + server.pid(), e);
    } catch (Exception e) {
      server.destroyForcibly();
    }
  }

  /**
   * Waits until no process of a server is left. After a postmaster was killed its children run on
   * for a moment, and a new server refuses to start while they are attached to its shared memory.
   *
   * @throws IOException if one is left after 20 seconds
   */
  void waitUntilGone() throws IOException {
    long deadline = System.nanoTime() + STOP_WAIT.toNanos();
    while (!processes().isEmpty()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("Processes of an earlier server still use " + path);
      }
      try {
        Thread.sleep(POLL_INTERVAL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Interrupted while waiting for an earlier server", e);
      }
    }
  }

  /** The server's processes: the postmaster and its children, also those it has left behind. */
  List<ProcessHandle> processes() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(
              process -> process.pid() != ProcessHandle.current().pid() && isServerProcess(process))
          .toList();
    }
  }

  /**
   * Kills all of the server's processes; the next start recovers from the WAL. On a system without
   * /proc none is killed, because the server of another data directory could not be distinguished
   * from this one.
   */
  void kill() {
    if (Files.isDirectory(PROCESSES)) {
      processes().forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Whether one of the server's processes is stopped by a signal such as SIGSTOP. */
  boolean anyStopped() {
    return processes().stream().anyMatch(DataDirectory::isStopped);
  }

  /** Reads the state in /proc/PID/stat; it follows the name in parentheses, which may hold any. */
  private static boolean isStopped(ProcessHandle process) {
    try {
      String stat = Files.readString(PROCESSES.resolve(process.pid() + "/stat"));
      return stat.startsWith("T", stat.lastIndexOf(')') + 2);
    } catch (IOException gone) {
      return false;
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
      // A file that was being written during a crash may hold no pid.
      return Optional.empty();
    }
  }
}
