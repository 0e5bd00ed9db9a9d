package io.vsmmu.db.write;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.Availability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.NewEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of an event log, with one connection. Callers enqueue appends; one thread writes
 * all that waits with one statement, so that the log's order is the order of commit and positions
 * have no holes. A caller that waits for its append may write it itself. An append's future
 * completes when it is as durable as was asked for, or fails with
 *
 * <ul>
 *   <li>{@link org.axonframework.modelling.command.ConcurrencyException} or {@link
 *       org.axonframework.modelling.command.AggregateStreamCreationException} if its sequence is
 *       taken,
 *   <li>{@link EventStoreException} if it was not written, or if that cannot be told; the message
 *       says which.
 * </ul>
 *
 * Futures complete on the thread that writes: what depends on them directly must be short.
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
   * @param dataSource gives connections of their own, not a pool's: a session-level lock stays on
   *     them
   * @param signal told of every new head
   * @throws LogLockedException if another writer holds the log for longer than {@link
   *     EventLogLimits#lockWait()}
   * @throws EventStoreException if the database cannot be reached
   */
  public static LogWriter open(DataSource dataSource, HeadSignal signal, EventLogLimits limits) {
    return open(dataSource, signal, limits, Availability.UNWATCHED);
  }

  /**
   * The same for a database that somebody watches over.
   *
   * @param availability while it says that there is no room, appends fail with {@link
   *     io.vsmmu.db.log.NoSpaceException} or with one as their cause, and nothing is written
   */
  public static LogWriter open(
      DataSource dataSource, HeadSignal signal, EventLogLimits limits, Availability availability) {
    AppendQueue queue = new AppendQueue(limits);
    WriterLoop loop = new WriterLoop(dataSource, signal, limits, queue, availability);
    loop.open();
    return new LogWriter(limits, queue, loop);
  }

  /** Appends events of one vSMMU, all or none. */
  public CompletableFuture<Appended> append(
      int vsmmuId, List<NewEvent> events, AppendDurability durability) {
    return append(rows(vsmmuId, events), durability);
  }

  /**
   * Appends events, all or none.
   *
   * @throws IllegalArgumentException if the append is empty or beyond a limit
   * @throws LogBusyException if the queue stayed full for {@link EventLogLimits#queueWait()}
   */
  public CompletableFuture<Appended> append(List<AppendRow> rows, AppendDurability durability) {
    return enqueue(rows, durability, false);
  }

  /**
   * Appends events, all or none, for a caller that waits for the outcome anyway: on its own thread
   * if nobody writes and nothing waits.
   *
   * @throws IllegalArgumentException if the append is empty or beyond a limit
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
   * with COPY in a transaction of its own. Chunks handed over without waiting are written in that
   * order.
   */
  public CompletableFuture<Appended> appendBulk(int vsmmuId, List<NewEvent> events) {
    return enqueue(rows(vsmmuId, events), AppendDurability.COMMITTED, true);
  }

  /** Whether appends are taken. */
  public boolean running() {
    return !loop.stopped() && thread.isAlive();
  }

  /** What was done since the writer was opened. */
  public WriterCounters counters() {
    return loop.counters();
  }

  /** Writes what waits, gives the lock back and ends. */
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
