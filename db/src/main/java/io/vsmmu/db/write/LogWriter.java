package io.vsmmu.db.write;

import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.NewEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * The only writer of an event log; it owns one connection and the thread {@code event-log-writer}.
 * Callers enqueue appends, and the thread writes all that are waiting with one statement (group
 * commit). So the order of the log is the order of commit, and positions have no holes. A caller
 * that waits for its append anyway may write it on its own thread, see {@link #appendAndWait}.
 *
 * <p>An append's future completes when the append is as durable as requested, or fails with
 *
 * <ul>
 *   <li>{@link org.axonframework.modelling.command.ConcurrencyException} or {@link
 *       org.axonframework.modelling.command.AggregateStreamCreationException} if the sequence of an
 *       event exists already,
 *   <li>{@link EventStoreException} if the append was not written, or if its outcome is unknown;
 *       the message says which.
 * </ul>
 *
 * Futures complete on the thread that writes, so dependent actions that run there must be short.
 * Every method is thread-safe.
 */
public final class LogWriter implements AutoCloseable {

  private final EventLogLimits limits;
  private final AppendQueue queue;
  private final WriterLoop loop;
  private final Thread thread;

  private LogWriter(EventLogLimits limits, AppendQueue queue, WriterLoop loop) {
    this.limits = limits;
    this.queue = queue;
    this.loop = loop;
    this.thread = Thread.ofPlatform().daemon().name("event-log-writer").start(loop);
  }

  /**
   * Opens the log for writing.
   *
   * @param dataSource gives connections that are not pooled, because the writer keeps a
   *     session-level lock on its connection
   * @param signal receives every new head
   * @param availability reports of the database's supervisor: while it reports that there is no
   *     space, appends fail with a {@link io.vsmmu.db.log.NoSpaceException} as their cause, and
   *     nothing is written
   * @throws LogLockedException if another writer holds the log for longer than {@link
   *     EventLogLimits#lockWait()}
   * @throws EventStoreException if the database cannot be reached
   */
  public static LogWriter open(
      DataSource dataSource, HeadSignal signal, EventLogLimits limits, Availability availability) {
    AppendQueue queue = new AppendQueue(limits);
    WriterLoop loop = new WriterLoop(dataSource, signal, limits, queue, availability);
    loop.open();
    return new LogWriter(limits, queue, loop);
  }

  /** As {@link #append(List, AppendDurability)}, for events of one vSMMU. */
  public CompletableFuture<Appended> append(
      int vsmmuId, List<NewEvent> events, AppendDurability durability) {
    return append(rows(vsmmuId, events), durability);
  }

  /**
   * Appends events, all or none. Waits only for space in the queue.
   *
   * @throws IllegalArgumentException if the append is empty or exceeds a limit
   * @throws EventStoreException if the writer is closed
   * @throws LogBusyException if the queue stayed full for {@link EventLogLimits#queueWait()}
   */
  public CompletableFuture<Appended> append(List<AppendRow> rows, AppendDurability durability) {
    return enqueue(rows, durability, false);
  }

  /**
   * Appends events, all or none, for a caller that waits for the outcome anyway: if the writer is
   * idle and the caller runs on a platform thread, they are written on that thread before this
   * returns.
   *
   * @throws IllegalArgumentException if the append is empty or exceeds a limit
   * @throws EventStoreException if the writer is closed
   * @throws LogBusyException if the queue stayed full for {@link EventLogLimits#queueWait()}
   */
  public CompletableFuture<Appended> appendAndWait(
      List<AppendRow> rows, AppendDurability durability) {
    Append append = checked(rows, durability, false);
    if (!loop.writeNow(append)) {
      put(append);
    }
    return append.outcome();
  }

  /**
   * Appends a chunk of an import: up to {@link EventLogLimits#appendRows()} events of one vSMMU,
   * written with COPY in a transaction of their own. A caller may enqueue the next chunk before the
   * previous one is acknowledged; they are written in the order of the calls.
   *
   * @throws IllegalArgumentException if the append is empty or exceeds a limit
   * @throws EventStoreException if the writer is closed
   * @throws LogBusyException if the queue stayed full for {@link EventLogLimits#queueWait()}
   */
  public CompletableFuture<Appended> appendBulk(int vsmmuId, List<NewEvent> events) {
    return enqueue(rows(vsmmuId, events), AppendDurability.COMMITTED, true);
  }

  /** Whether the writer takes appends: it was neither closed nor ended by an error. */
  public boolean running() {
    return !loop.stopped() && thread.isAlive();
  }

  /** Counters since the writer was opened; not a consistent snapshot while it writes. */
  public WriterCounters counters() {
    return loop.counters();
  }

  /**
   * Writes the appends that wait, releases the lock and ends the thread; waits for that at most
   * {@link EventLogLimits#appendWait()}.
   */
  @Override
  public void close() {
    loop.stop();
    try {
      thread.join(limits.appendWait());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<Appended> enqueue(
      List<AppendRow> rows, AppendDurability durability, boolean bulk) {
    Append append = checked(rows, durability, bulk);
    put(append);
    return append.outcome();
  }

  private Append checked(List<AppendRow> rows, AppendDurability durability, boolean bulk) {
    Append append = new Append(List.copyOf(rows), durability, bulk, checkedBytes(rows));
    if (loop.stopped()) {
      throw new EventStoreException("The event log's writer is closed");
    }
    return append;
  }

  private void put(Append append) {
    queue.put(append);
    if (loop.ended()) {
      loop.failRest();
    }
  }

  private static List<AppendRow> rows(int vsmmuId, List<NewEvent> events) {
    return events.stream().map(event -> new AppendRow(vsmmuId, event)).toList();
  }

  private int checkedBytes(List<AppendRow> rows) {
    check("events in an append", rows.size(), limits.appendRows());
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("An append without events");
    }
    long bytes = 0;
    for (AppendRow row : rows) {
      int payload = row.event().payload().length;
      check("payload bytes of an event", payload, limits.payloadBytes());
      bytes += payload;
      @Nullable String subject = row.event().subject();
      if (subject != null) {
        check("characters of a subject", subject.length(), limits.subjectChars());
        check("NUL characters of a subject", subject.indexOf('\0') < 0 ? 0 : 1, 0);
      }
    }
    check("payload bytes in an append", bytes, limits.appendBytes());
    return (int) bytes;
  }

  private static void check(String what, long value, long limit) {
    if (value > limit) {
      throw new IllegalArgumentException(value + " " + what + ", the limit is " + limit);
    }
  }
}
