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

/** One run of the server: a child process of ours, from its start to its end. */
final class Postmaster {

  private static final Logger LOGGER = System.getLogger(Postmaster.class.getName());

  private static final int KEPT_LINES = 50;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  /** Line of the process file with the server's state. */
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
   * Starts the server and returns when it takes connections.
   *
   * @param sockets folder of its socket, the only thing it listens on
   * @throws IOException with the server's own reason if it ends instead
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

  /** The setting is a list: in quotes a path may have commas and spaces. */
  private static String quoted(Path path) {
    return '"' + path.toString().replace("\"", "\"\"") + '"';
  }

  private void awaitReady(Path data, Duration wait) throws IOException {
    long deadline = System.nanoTime() + wait.toNanos();
    try {
      while (!isReady(data)) {
        if (process.waitFor(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException("PostgreSQL did not start: " + lastWords());
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

  /** The file is rewritten in place, so it may be torn. */
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

  /** Why it ended, as far as it said so. */
  String lastWords() {
    try {
      // Its end may be seen before its last line.
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

  /** Ends it at once; its children see that and end too, unless they were stopped. */
  void kill() {
    process.destroyForcibly();
  }

  /** PostgreSQL's fast shutdown, and after a while an end without regard. */
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
