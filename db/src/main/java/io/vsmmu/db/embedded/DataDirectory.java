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
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A data directory taken by this process, and what a killed process may have left in it. */
final class DataDirectory implements AutoCloseable {

  /** PostgreSQL writes its process number in the first line. */
  static final String PID_FILE = "postmaster.pid";

  private static final Duration STOP_WAIT = Duration.ofSeconds(20);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final Path PROCESSES = Path.of("/proc");

  private final Path named;
  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path named, Path path, FileChannel channel) {
    this.named = named;
    this.path = path;
    this.channel = channel;
  }

  /**
   * Takes the directory: a lock on a file beside it, which ends with this process.
   *
   * @throws IllegalStateException if it is taken
   * @throws java.nio.file.FileSystemException if another user could exchange what is in it
   */
  static DataDirectory take(Path dataDirectory) throws IOException {
    Path path = dataDirectory.toAbsolutePath().normalize();
    Path real = PrivateFolder.make(path);
    Path lock = sibling(path, ".lock");
    FileChannel channel =
        FileChannel.open(
            lock,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PrivateFolder.fileMode());
    // Who may read a file may hold a lock on it that keeps ours away.
    Files.setPosixFilePermissions(lock, PrivateFolder.FILE_MODE);
    if (tryLock(channel) == null) {
      channel.close();
      throw new IllegalStateException("Another process uses the data directory " + path);
    }
    return new DataDirectory(path, real, channel);
  }

  /** Without links. */
  Path path() {
    return path;
  }

  /** A file or folder beside the directory that belongs to it. */
  Path beside(String suffix) {
    return sibling(named, suffix);
  }

  private static Path sibling(Path path, String suffix) {
    return path.resolveSibling(path.getFileName() + suffix);
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

  /**
   * The server's processes run the program that we unpacked, and have the data directory as their
   * working directory. Others may have that too: a shell, an editor.
   */
  private boolean worksHere(ProcessHandle process) {
    Path directory = PROCESSES.resolve(process.pid() + "/cwd");
    try {
      return Files.exists(directory, LinkOption.NOFOLLOW_LINKS)
          ? Files.readSymbolicLink(directory).equals(path)
              && PostgresBinaries.isServer(
                  Files.readSymbolicLink(PROCESSES.resolve(process.pid() + "/exe")))
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
  static void interrupt(ProcessHandle server) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start().waitFor();
  }

  boolean isEmpty() throws IOException {
    try (Stream<Path> all = Files.list(path)) {
      return all.findAny().isEmpty();
    }
  }

  /** Removes everything in the directory. */
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
    return !processes().isEmpty();
  }

  /** The server's processes, its children among them, also those whose postmaster has ended. */
  List<ProcessHandle> processes() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(
              process -> process.pid() != ProcessHandle.current().pid() && worksHere(process))
          .toList();
    }
  }

  /**
   * Ends all of the server's processes at once; what they left undone, the next start recovers.
   * Where there is no /proc a server of somebody else could not be told from ours: none is ended.
   */
  void kill() {
    if (Files.isDirectory(PROCESSES)) {
      processes().forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Whether one of the server's processes was stopped by a signal and does nothing. */
  boolean anyStopped() {
    return processes().stream().anyMatch(DataDirectory::isStopped);
  }

  /** The state follows the name, which stands in parentheses and may hold any character. */
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
