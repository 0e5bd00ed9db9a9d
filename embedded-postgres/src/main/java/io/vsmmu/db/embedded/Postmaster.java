package io.vsmmu.db.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One run of the server as a child process, from its start to its end. Owns a thread that reads the
 * server's output.
 */
final class Postmaster {

  private static final Logger LOGGER = System.getLogger(Postmaster.class.getName());

  /** Lines of output that are kept to explain an exit. */
  private static final int KEPT_LINES = 50;

  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  /** Index of the line of {@code postmaster.pid} that holds the server's status. */
  private static final int STATE_LINE = 7;

  private static final String READY = "ready";

  private final Process process;
  private final Thread reader;
  private final Deque<String> lines = new ArrayDeque<>();

  private Postmaster(Process process) {
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().name("postgres-output").start(() -> read(process));
  }

  /**
   * Starts the server and returns when it accepts connections.
   *
   * @param sockets folder for its socket; it does not listen on TCP
   * @param wait how long the start may take; then the server is killed
   * @throws IOException if the server ends instead, with its reason in the message, or takes too
   *     long
   */
  static Postmaster start(PostgresPrograms programs, Path data, Path sockets, Duration wait)
      throws IOException {
    Postmaster server =
        new Postmaster(programs.process("postgres", arguments(data, sockets)).start());
    server.process.outputWriter().close();
    server.awaitReady(data, wait);
    return server;
  }

  private static List<String> arguments(Path data, Path sockets) {
    return List.of(
        "-D", data.toString(),
        "-c", "listen_addresses=",
        "-c", "unix_socket_directories=" + quoted(sockets),
        "-c", "unix_socket_permissions=0600",
        "-c", "port=" + SocketFolder.PORT,
        "-c", "logging_collector=off",
        "-c", "log_destination=stderr",
        "-c", "lc_messages=C",
        "-c", "fsync=on",
        "-c", "synchronous_commit=on",
        "-c", "max_connections=100",
        "-c", "shared_buffers=256MB",
        "-c", "max_wal_size=2GB",
        "-c", "checkpoint_timeout=15min");
  }

  /** Quotes a path for unix_socket_directories, which is a list separated by commas. */
  private static String quoted(Path path) {
    return '"' + path.toString().replace("\"", "\"\"") + '"';
  }

  private void awaitReady(Path data, Duration wait) throws IOException {
    long deadline = System.nanoTime() + wait.toNanos();
    try {
      while (!isReady(data)) {
        if (process.waitFor(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException("PostgreSQL did not start: " + exitReason());
        }
        if (System.nanoTime() - deadline > 0) {
          process.destroyForcibly();
          throw new IOException("PostgreSQL did not answer within " + wait);
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while PostgreSQL started", e);
    }
  }

  /**
   * Whether {@code postmaster.pid} says so. PostgreSQL rewrites the file in place, so that it may
   * be read half-written; the next poll reads it again.
   */
  private boolean isReady(Path data) throws IOException {
    Path file = data.resolve(DataDirectory.PID_FILE);
    if (!Files.exists(file)) {
      return false;
    }
    List<String> state = Files.readAllLines(file);
    return state.size() > STATE_LINE
        && state.getFirst().strip().equals(Long.toString(process.pid()))
        && state.get(STATE_LINE).strip().equals(READY);
  }

  private void read(Process process) {
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        keep(line);
      }
    } catch (IOException ended) {
      LOGGER.log(Level.DEBUG, "PostgreSQL''s output ended: {0}", ended.getMessage());
    }
  }

  private void keep(String line) {
    LOGGER.log(Level.DEBUG, "{0}", line);
    synchronized (lines) {
      if (lines.size() == KEPT_LINES) {
        lines.removeFirst();
      }
      lines.addLast(line);
    }
  }

  /** Why it ended, from its exit code and its last lines of output; waits for them up to 1 s. */
  String exitReason() {
    try {
      // The exit may be noticed before the last line was read.
      reader.join(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (lines) {
      String words = ExitReason.of(List.copyOf(lines));
      return process.isAlive() ? words : "exit code %d: %s".formatted(process.exitValue(), words);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  CompletableFuture<Process> onExit() {
    return process.onExit();
  }

  /** Kills the postmaster. Its children notice that and end, unless a signal has stopped them. */
  void kill() {
    process.destroyForcibly();
  }

  /**
   * Asks for PostgreSQL's fast shutdown, and kills the server if it has not ended after {@code
   * wait}.
   */
  void stop(Duration wait) throws IOException {
    try {
      DataDirectory.interrupt(process.toHandle());
      process.onExit().get(wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while PostgreSQL stopped", e);
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      process.destroyForcibly();
    }
  }
}
