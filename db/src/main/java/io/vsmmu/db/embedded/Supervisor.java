package io.vsmmu.db.embedded;

import io.vsmmu.db.embedded.ServerCondition.Kind;
import io.vsmmu.db.log.Availability;
import io.vsmmu.db.log.NoSpaceMessage;
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
 * Keeps the server running: one that ended is started again, one that does not answer is ended
 * first. After {@link EmbeddedLimits#restarts()} it is given up. For lack of room it is tried again
 * for ever: room may come.
 */
final class Supervisor implements Availability, AutoCloseable {

  private static final Logger LOGGER = System.getLogger(Supervisor.class.getName());

  private static final Duration STOP_WAIT = Duration.ofSeconds(20);
  private static final Duration JOIN_WAIT = Duration.ofSeconds(5);

  /** How many questions are asked within the silence that is borne. */
  private static final int PROBES = 3;

  private final DataDirectory directory;
  private final PostgresPrograms programs;
  private final Path sockets;
  private final String url;
  private final EmbeddedLimits limits;

  private final Semaphore wake = new Semaphore(0);
  private final CompletableFuture<String> givenUp = new CompletableFuture<>();
  private final Deque<Long> restarts = new ArrayDeque<>();

  private volatile Postmaster server;
  private volatile ServerCondition condition = ServerCondition.RUNNING;
  private volatile Optional<String> full = Optional.empty();
  private volatile boolean closing;
  private final Thread thread;

  // Of the supervisor's thread alone.
  private final Deque<CompletableFuture<Void>> unanswered = new ArrayDeque<>();
  private long probed;
  private UnresponsiveTime answers;
  private UnresponsiveTime moves;

  /** Starts the server, and then watches over it. */
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
    this.answers = new UnresponsiveTime(limits, System.nanoTime());
    this.moves = new UnresponsiveTime(limits, System.nanoTime());
    this.server = started();
    measureRoom();
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
    return condition.kind() == Kind.NO_SPACE ? unavailable() : full;
  }

  private Postmaster started() throws IOException {
    Postmaster fresh = Postmaster.start(programs, directory.path(), sockets, limits.startWait());
    var unused = fresh.onExit().thenRun(() -> ended(fresh));
    long now = System.nanoTime();
    probed = now;
    unanswered.clear();
    answers = new UnresponsiveTime(limits, now);
    moves = new UnresponsiveTime(limits, now);
    return fresh;
  }

  /** On a thread of the JDK's. */
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
          measureRoom();
          askAlive();
        }
        if (wake.tryAcquire(limits.look().toMillis(), TimeUnit.MILLISECONDS)) {
          wake.drainPermits();
        }
      }
    } catch (InterruptedException closed) {
      LOGGER.log(Level.DEBUG, "PostgreSQL is no longer watched over");
    } catch (RuntimeException | Error failed) {
      giveUp("its supervisor failed: " + failed);
      throw failed;
    }
  }

  // --- a server that ended ---------------------------------------------------------------------

  private void restart() throws InterruptedException {
    String reason = server.lastWords();
    while (!closing) {
      if (forLackOfRoom(reason)) {
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
        measureRoom();
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
    String told =
        "PostgreSQL is given up after %d restarts within %d s; at last: %s"
            .formatted(restarts.size(), limits.restartWindow().toSeconds(), reason);
    LOGGER.log(Level.ERROR, told);
    condition = new ServerCondition(Kind.GIVEN_UP, told);
    givenUp.complete(told);
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

  // --- room ------------------------------------------------------------------------------------

  private boolean forLackOfRoom(String reason) {
    return NoSpaceMessage.matches(reason) || usable() < limits.reservedBytes();
  }

  private String noSpace(String reason) {
    return "%s has %d bytes left; PostgreSQL ended (%s) and is started again when there is room"
        .formatted(NoSpaceMessage.of(directory.path()), usable(), reason);
  }

  private void measureRoom() {
    long usable = usable();
    if (usable >= limits.reservedBytes()) {
      if (full.isPresent()) {
        LOGGER.log(Level.INFO, "There is room on {0} again", directory.path());
      }
      full = Optional.empty();
    } else {
      String told =
          "%s has %d bytes left, and the log leaves %d to PostgreSQL"
              .formatted(NoSpaceMessage.of(directory.path()), usable, limits.reservedBytes());
      if (full.isEmpty()) {
        LOGGER.log(Level.WARNING, told + ": nothing is written until there is room");
      }
      full = Optional.of(told);
    }
  }

  private long usable() {
    try {
      return Files.getFileStore(directory.path()).getUsableSpace();
    } catch (IOException unknown) {
      return Long.MAX_VALUE;
    }
  }

  // --- a server that does not answer -----------------------------------------------------------

  /**
   * Several questions in a row have to stay without an answer. Each is asked by a platform thread
   * of its own: virtual threads that compute may take all carriers.
   */
  private void askAlive() {
    long now = System.nanoTime();
    answers.look(now);
    moves.look(now);
    if (unanswered.isEmpty() || unanswered.removeIf(CompletableFuture::isDone)) {
      answers.end();
    }
    if (now - probed > limits.silence().toNanos() / PROBES) {
      probed = now;
      if (!directory.anyStopped()) {
        moves.end();
      }
      if (unanswered.size() < PROBES) {
        unanswered.addLast(CompletableFuture.runAsync(this::ask, Supervisor::startProbe));
      }
    }
    boolean silent = answers.isTooLong() && unanswered.size() == PROBES;
    if (silent || moves.isTooLong()) {
      String reason = "PostgreSQL did not answer for %d s".formatted(limits.silence().toSeconds());
      becomes(new ServerCondition(Kind.RESTARTING, reason + " and is started again"));
      server.kill();
      directory.kill();
    }
  }

  private static void startProbe(Runnable question) {
    Thread.ofPlatform().daemon().name("postgres-probe").start(question);
  }

  /** A refusal is an answer too; and the end of a killed server ends the question. */
  private void ask() {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    } catch (SQLException refused) {
      LOGGER.log(Level.DEBUG, "PostgreSQL refuses: {0}", refused.getMessage());
    }
  }

  /** Stops the server; returns when its processes are gone. */
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
