package io.vsmmu.db.write;

import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.NoSpaceException;
import io.vsmmu.journal.Journal;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.journal.JournalFailedException;
import io.vsmmu.journal.JournalReader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Copies the journal to the database, in batches and in order, and releases what the database has
 * committed. It owns the thread {@code event-log-shipper} and the connection with the log's lock;
 * it takes no lock of the writer. A database that is unavailable makes it try again until it
 * answers; how much of a batch was committed is read from the database then.
 */
final class Shipper implements AutoCloseable {

  private static final Logger LOGGER = System.getLogger(Shipper.class.getName());

  /** How long the thread sleeps while there is nothing to write; an append wakes it. */
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final DataSource dataSource;
  private final Journal journal;
  private final JournalSettings settings;
  private final HeadSignal signal;
  private final EventLogLimits limits;
  private final Availability availability;
  private final Thread thread;

  private final CompletableFuture<String> lost = new CompletableFuture<>();

  private final LongAdder batches = new LongAdder();
  private final LongAdder reconnects = new LongAdder();

  private @Nullable WriterSession session;

  /** Replaced by the thread; others ask it what waits. */
  private volatile JournalReader reader;

  /** Rows of the batch that is collected. */
  private byte[] rows;

  private int rowBytes;

  private volatile long shipped;

  /** The {@link System#nanoTime} of the last batch. */
  private volatile long shippedAt = System.nanoTime();

  /** Bytes of the journal that the database lacks, when the last batch was written. */
  private volatile long bytesBehind;

  private final AppendTimes appendTimes = new AppendTimes();

  private volatile @Nullable String problem;

  /** Whether a caller waits for the database: no time is spent on gathering. */
  private volatile boolean wanted;

  /** Whether the thread sleeps until an append wakes it. */
  private volatile boolean idle;

  private volatile boolean stopped;

  /** Whether the thread has ended by an error. */
  private volatile boolean failed;

  Shipper(
      DataSource dataSource,
      JournalOpening opened,
      HeadSignal signal,
      EventLogLimits limits,
      Availability availability) {
    this.dataSource = dataSource;
    this.journal = opened.journal();
    this.settings = opened.settings();
    this.session = opened.session();
    this.signal = signal;
    this.limits = limits;
    this.availability = availability;
    this.rows = new byte[limits.shipBytes()];
    this.shipped = opened.session().head();
    this.reader = journal.reader(shipped + 1);
    this.thread = Thread.ofPlatform().daemon().name("event-log-shipper").unstarted(this::run);
  }

  /**
   * Writes the journal's tail on the caller's thread, and starts the thread.
   *
   * @throws EventStoreException if the database fails
   * @throws io.vsmmu.journal.JournalFailedException if the tail cannot be read
   */
  void start() {
    try {
      while (shipped < journal.last()) {
        ship(currentSession());
      }
      publish();
    } catch (SQLException e) {
      throw new EventStoreException(
          "The tail of the journal cannot be written to the database: " + e.getMessage(), e);
    }
    thread.start();
  }

  /** The last position that the database has committed. */
  long shipped() {
    return shipped;
  }

  long batches() {
    return batches.sum();
  }

  long reconnects() {
    return reconnects.sum();
  }

  boolean running() {
    return !failed;
  }

  /**
   * Completes with the reason when nothing can be written any more, once the database holds what
   * the journal had acknowledged, if that is possible.
   */
  CompletableFuture<String> lost() {
    return lost;
  }

  /** Why the database takes nothing at the moment; empty while it does. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }

  /** Bytes of the journal that the database lacked a moment ago. */
  long bytesBehind() {
    return journal.last() == shipped ? 0 : Math.max(bytesBehind, reader.bytesBehind());
  }

  LogLag lag() {
    long events = Math.max(0, journal.last() - shipped);
    return events == 0
        ? new LogLag(0, 0, Duration.ZERO)
        : new LogLag(
            events, bytesBehind(), appendTimes.age(journal.last() - events + 1, System.nanoTime()));
  }

  /**
   * Called after an append: wakes the thread if it sleeps.
   *
   * @param last position of its last event
   */
  void appended(long last) {
    appendTimes.note(last, System.nanoTime());
    if (idle) {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Waits until the database has committed a position, without gathering.
   *
   * @return false if it has not within the timeout, or the caller was interrupted
   */
  boolean awaitShipped(long position, Duration timeout) {
    long begun = System.nanoTime();
    return await(() -> shipped >= position, () -> begun, timeout);
  }

  /**
   * Waits until something holds, as long as the database goes on taking events.
   *
   * @param enough holds at the latest when the database has everything
   * @param patience how long the database may take nothing
   * @return false if it took nothing for that long, or the caller was interrupted
   */
  boolean awaitWhileShipping(BooleanSupplier enough, Duration patience) {
    long begun = System.nanoTime();
    return await(enough, () -> shippedAt - begun > 0 ? shippedAt : begun, patience);
  }

  /**
   * Waits until something holds.
   *
   * @param since the {@link System#nanoTime} from which on the patience counts
   */
  private boolean await(BooleanSupplier enough, LongSupplier since, Duration patience) {
    try {
      while (true) {
        // Before the look, so that a batch that is committed after it ends the wait.
        long before = shipped;
        if (enough.getAsBoolean()) {
          return true;
        }
        long left = since.getAsLong() + patience.toNanos() - System.nanoTime();
        if (left <= 0 || failed) {
          return false;
        }
        wanted = true;
        LockSupport.unpark(thread);
        signal.await(before, Duration.ofNanos(Math.min(left, limits.pollInterval().toNanos())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run() {
    try {
      while (!stopped || mayFinish()) {
        awaitWork();
        if (shipped < journal.last()) {
          tryShip();
        } else if (journal.failed()) {
          lost.complete(journal.problem().orElse("The journal has failed"));
        }
      }
    } catch (RuntimeException | Error e) {
      failed = true;
      String reason = "The log's shipper has ended: " + e;
      problem = reason;
      lost.complete(reason);
      LOGGER.log(Level.ERROR, "The event log's shipper has ended", e);
    } finally {
      finish();
    }
  }

  /**
   * Whether the tail is written before the thread ends: a database that fails is not waited for.
   */
  private boolean mayFinish() {
    return shipped < journal.last() && problem == null;
  }

  private void awaitWork() {
    if (shipped < journal.last()) {
      if (!wanted && !stopped && reader.bytesBehind() < limits.shipBytes()) {
        LockSupport.parkNanos(this, limits.gatherTime().toNanos());
      }
      return;
    }
    idle = true;
    if (shipped == journal.last() && !stopped) {
      LockSupport.parkNanos(this, IDLE.toNanos());
    }
    idle = false;
  }

  private void tryShip() {
    try {
      NoSpaceException.throwIfFull(availability);
      ship(currentSession());
    } catch (SQLException | EventStoreException e) {
      if (problem == null) {
        LOGGER.log(
            Level.WARNING,
            "The database takes no events; the journal keeps them: {0}",
            e.getMessage());
      }
      problem = String.valueOf(e.getMessage());
      closeSession();
      LockSupport.parkNanos(this, limits.retryPause().toNanos());
    }
  }

  private WriterSession currentSession() throws SQLException {
    WriterSession current = session;
    if (current == null) {
      current = new WriterSession(dataSource, limits);
      session = current;
      reconnects.increment();
      goOnBehind(current.head());
      publish();
    }
    return current;
  }

  /** The last batch may have been committed although its outcome was never reported. */
  private void goOnBehind(long head) {
    if (head < journal.released() || head > journal.last()) {
      throw new IllegalStateException(
          "The database ends at position %d, but its log at a position from %d to %d: it is not the database that was written before"
              .formatted(head, journal.released(), journal.last()));
    }
    shipped = head;
    journal.release(head);
    reader = journal.reader(head + 1);
  }

  private void ship(WriterSession on) throws SQLException {
    wanted = false;
    rowBytes = 0;
    reader.read(limits.shipBytes(), this::collect);
    long last = reader.next() - 1;
    syncUnlessFailed(last);
    settings.reached(JournalBoundary.SHIPPING);
    try {
      on.copy(rows, rowBytes, last);
    } catch (SQLException e) {
      reader = journal.reader(shipped + 1);
      throw e;
    }
    settings.reached(JournalBoundary.SHIPPED);
    batches.increment();
    if (problem != null) {
      LOGGER.log(Level.INFO, "The database takes events again");
      problem = null;
    }
    // Before a caller that waits for room hears of it.
    journal.release(last);
    bytesBehind = reader.bytesBehind();
    appendTimes.forget(last);
    shippedAt = System.nanoTime();
    // The database's head first: a reader that finds nothing left in the journal reads up to it.
    signal.publish(last);
    shipped = last;
  }

  /**
   * Syncs the journal, so that it is never behind its database, even after the machine lost its
   * power. What a journal that failed acknowledged is written to the database nevertheless: it can
   * be read as long as its pages are in memory.
   */
  private void syncUnlessFailed(long last) {
    try {
      journal.sync(last);
    } catch (JournalFailedException failed) {
      LOGGER.log(Level.DEBUG, "The database may be ahead of its journal, which failed", failed);
    }
  }

  private void collect(long position, ByteBuffer entry) {
    int length = entry.remaining();
    if (rows.length - rowBytes < length) {
      rows = Arrays.copyOf(rows, Math.max(2 * rows.length, rowBytes + length));
    }
    entry.get(rows, rowBytes, length);
    rowBytes += length;
  }

  private void publish() {
    signal.publish(shipped);
  }

  private void finish() {
    WriterSession current = session;
    if (current != null && shipped == journal.last() && !failed) {
      try {
        current.bind(new JournalBinding(journal.identity(), true));
      } catch (SQLException e) {
        LOGGER.log(Level.DEBUG, "The database does not know that its journal is complete", e);
      }
    }
    closeSession();
  }

  private void closeSession() {
    WriterSession old = session;
    session = null;
    signal.forget();
    if (old != null) {
      old.close();
    }
  }

  /**
   * Ends the thread after the tail was written, or the database failed to take it; waits for that
   * at most {@link EventLogLimits#answerWait()}.
   */
  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
    try {
      thread.join(limits.answerWait());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
