package io.vsmmu.db.embedded;

import io.vsmmu.db.embedded.ServerCondition.Kind;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the server running, and reports its condition. Owns the thread {@code postgres-supervisor},
 * which checks the server every {@link EmbeddedLimits#checkInterval()} and immediately after it has
 * ended:
 *
 * <pre>
 * RUNNING     the server ended                      -> RESTARTING
 * RUNNING     it does not respond: it is killed     -> RESTARTING
 * RESTARTING  it started                            -> RUNNING
 * RESTARTING  it ended for lack of disk space       -> NO_SPACE, the start is repeated without limit
 * RESTARTING  {@code restarts} exceeded             -> GIVEN_UP, final
 * NO_SPACE    it started                            -> RUNNING
 * NO_SPACE    it ended for another reason           -> RESTARTING
 * </pre>
 *
 * The condition is written by that thread, and on the server's exit by a thread of the JDK; it can
 * be read by any thread.
 */
final class Supervisor implements Availability, AutoCloseable {

  private static final Logger LOGGER = System.getLogger(Supervisor.class.getName());

  private static final Duration STOP_WAIT = Duration.ofSeconds(20);
  private static final Duration JOIN_WAIT = Duration.ofSeconds(5);

  /** Number of probes within {@link EmbeddedLimits#unresponsive()}. */
  private static final int PROBES = 3;

  private final DataDirectory directory;
  private final PostgresPrograms programs;
  private final Path sockets;
  private final String url;
  private final EmbeddedLimits limits;

  private final Semaphore wake = new Semaphore(0);
  private final CompletableFuture<String> givenUp = new CompletableFuture<>();

  /** {@link System#nanoTime()} of the restarts within the window, oldest first. */
  private final Deque<Long> restarts = new ArrayDeque<>();

  private volatile Postmaster server;
  private volatile ServerCondition condition = ServerCondition.RUNNING;
  private volatile Optional<String> outOfSpace = Optional.empty();
  private volatile boolean closing;
  private final Thread thread;

  // The following fields are used by the supervisor's thread only.

  private final Deque<CompletableFuture<Void>> unanswered = new ArrayDeque<>();

  /** {@link System#nanoTime()} of the last probe. */
  private long probed;

  /** Time without an answered probe. */
  private UnresponsiveTime withoutAnswer;

  /** Time during which a process of the server was stopped by a signal. */
  private UnresponsiveTime stopped;

  /**
   * Starts the server, and then supervises it.
   *
   * @param sockets folder for the server's socket
   * @param url to connect to the server
   * @throws IOException if the first start fails, which is not repeated
   */
  Supervisor(
      DataDirectory directory,
      PostgresPrograms programs,
      Path sockets,
      String url,
      EmbeddedLimits limits)
      throws IOException {
    this.directory = directory;
    this.programs = programs;
    this.sockets = sockets;
    this.url = url;
    this.limits = limits;
    this.withoutAnswer = new UnresponsiveTime(limits, System.nanoTime());
    this.stopped = new UnresponsiveTime(limits, System.nanoTime());
    this.server = started();
    checkSpace();
    this.thread = Thread.ofPlatform().daemon().name("postgres-supervisor").start(this::watch);
  }

  ServerCondition condition() {
    return condition;
  }

  /** Completes with the reason when the server is given up. */
  CompletableFuture<String> givenUp() {
    return givenUp;
  }

  @Override
  public Optional<String> unavailable() {
    ServerCondition now = condition;
    return now.kind() == Kind.RUNNING ? Optional.empty() : Optional.of(now.reason());
  }

  @Override
  public Optional<String> outOfSpace() {
    return condition.kind() == Kind.NO_SPACE ? unavailable() : outOfSpace;
  }

  private Postmaster started() throws IOException {
    Postmaster fresh = Postmaster.start(programs, directory.path(), sockets, limits.startWait());
    var unused = fresh.onExit().thenRun(() -> ended(fresh));
    long now = System.nanoTime();
    probed = now;
    unanswered.clear();
    withoutAnswer = new UnresponsiveTime(limits, now);
    stopped = new UnresponsiveTime(limits, now);
    return fresh;
  }

  /** Runs on a thread of the JDK. A server that was replaced or closed already is ignored. */
  private void ended(Postmaster which) {
    if (!closing && which == server) {
      condition = new ServerCondition(Kind.RESTARTING, "PostgreSQL ended and is started again");
      wake.release();
    }
  }

  private void watch() {
    try {
      while (!closing && !givenUp.isDone()) {
        if (!server.isAlive()) {
          restart();
        } else {
          checkSpace();
          checkResponds();
        }
        if (wake.tryAcquire(limits.checkInterval().toMillis(), TimeUnit.MILLISECONDS)) {
          wake.drainPermits();
        }
      }
    } catch (InterruptedException closed) {
      LOGGER.log(Level.DEBUG, "PostgreSQL is no longer supervised");
    } catch (RuntimeException | Error failed) {
      giveUp("its supervisor failed: " + failed);
      throw failed;
    }
  }

  // --- a server that ended ---------------------------------------------------------------------

  private void restart() throws InterruptedException {
    String reason = server.exitReason();
    while (!closing) {
      if (isLackOfSpace(reason)) {
        becomes(new ServerCondition(Kind.NO_SPACE, noSpace(reason)));
      } else if (mayRestart()) {
        becomes(
            new ServerCondition(
                Kind.RESTARTING, "PostgreSQL ended (%s) and is started again".formatted(reason)));
      } else {
        giveUp(reason);
        return;
      }
      try {
        directory.kill();
        directory.clearLeftovers();
        SocketFolder.removeSocket(sockets);
        server = started();
        checkSpace();
        becomes(ServerCondition.RUNNING);
        return;
      } catch (IOException failed) {
        reason = String.valueOf(failed.getMessage());
        Thread.sleep(limits.restartPause());
      }
    }
  }

  private boolean mayRestart() {
    long now = System.nanoTime();
    restarts.removeIf(then -> now - then > limits.restartWindow().toNanos());
    if (restarts.size() >= limits.restarts()) {
      return false;
    }
    restarts.addLast(now);
    return true;
  }

  private void giveUp(String reason) {
    String message =
        "PostgreSQL is given up after %d restarts within %d s; at last: %s"
            .formatted(restarts.size(), limits.restartWindow().toSeconds(), reason);
    LOGGER.log(Level.ERROR, message);
    condition = new ServerCondition(Kind.GIVEN_UP, message);
    givenUp.complete(message);
  }

  private void becomes(ServerCondition next) {
    Kind before = condition.kind();
    condition = next;
    if (next.kind() == Kind.RUNNING) {
      LOGGER.log(Level.INFO, "PostgreSQL runs again");
    } else if (next.kind() != before || next.kind() == Kind.RESTARTING) {
      LOGGER.log(Level.WARNING, next.reason());
    }
  }

  // --- disk space ------------------------------------------------------------------------------

  private boolean isLackOfSpace(String reason) {
    return NoSpaceMessage.matches(reason) || usable() < limits.reservedBytes();
  }

  private String noSpace(String reason) {
    return "%s has %d bytes left; PostgreSQL ended (%s) and is started again when there is room"
        .formatted(NoSpaceMessage.of(directory.path()), usable(), reason);
  }

  private void checkSpace() {
    long usable = usable();
    if (usable >= limits.reservedBytes()) {
      if (outOfSpace.isPresent()) {
        LOGGER.log(Level.INFO, "There is room on {0} again", directory.path());
      }
      outOfSpace = Optional.empty();
    } else {
      String message =
          "%s has %d bytes left, and the log leaves %d to PostgreSQL"
              .formatted(NoSpaceMessage.of(directory.path()), usable, limits.reservedBytes());
      if (outOfSpace.isEmpty()) {
        LOGGER.log(Level.WARNING, message + ": nothing is written until there is room");
      }
      outOfSpace = Optional.of(message);
    }
  }

  /** Free space in bytes that this process may use; unlimited if the system does not say. */
  private long usable() {
    try {
      return Files.getFileStore(directory.path()).getUsableSpace();
    } catch (IOException unknown) {
      return Long.MAX_VALUE;
    }
  }

  // --- a server that does not respond ----------------------------------------------------------

  /**
   * Probes the server, and kills it when it does not respond. Several probes in a row must remain
   * unanswered. Each runs on a platform thread of its own, because busy virtual threads can occupy
   * every carrier thread and so delay a probe on one of them.
   */
  private void checkResponds() {
    long now = System.nanoTime();
    withoutAnswer.check(now);
    stopped.check(now);
    if (unanswered.isEmpty() || unanswered.removeIf(CompletableFuture::isDone)) {
      withoutAnswer.reset();
    }
    if (now - probed > limits.unresponsive().toNanos() / PROBES) {
      probed = now;
      if (!directory.anyStopped()) {
        stopped.reset();
      }
      if (unanswered.size() < PROBES) {
        unanswered.addLast(CompletableFuture.runAsync(this::probe, Supervisor::startProbe));
      }
    }
    boolean silent = withoutAnswer.isTooLong() && unanswered.size() == PROBES;
    if (silent || stopped.isTooLong()) {
      String reason =
          "PostgreSQL did not answer for %d s".formatted(limits.unresponsive().toSeconds());
      becomes(new ServerCondition(Kind.RESTARTING, reason + " and is started again"));
      server.kill();
      directory.kill();
    }
  }

  private static void startProbe(Runnable probe) {
    Thread.ofPlatform().daemon().name("postgres-probe").start(probe);
  }

  /**
   * Returns when the server has answered; an error is an answer too. If the server is killed, its
   * socket is closed, which ends the probe.
   */
  private void probe() {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    } catch (SQLException refused) {
      LOGGER.log(Level.DEBUG, "PostgreSQL refuses: {0}", refused.getMessage());
    }
  }

  /**
   * Ends the supervision and stops the server; returns when its processes have ended.
   *
   * @throws IOException if they do not end in time
   */
  @Override
  public void close() throws IOException {
    closing = true;
    thread.interrupt();
    try {
      thread.join(JOIN_WAIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (server.isAlive()) {
      server.stop(STOP_WAIT);
    }
    directory.waitUntilGone();
  }
}
