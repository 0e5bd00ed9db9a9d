package io.vsmmu.db.write;

import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.Tail;
import io.vsmmu.db.log.Unshipped;
import io.vsmmu.journal.Journal;
import io.vsmmu.journal.JournalFailedException;
import io.vsmmu.journal.JournalFullException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.modelling.command.AggregateStreamCreationException;
import org.axonframework.modelling.command.ConcurrencyException;
import org.jspecify.annotations.Nullable;

/**
 * The only writer of an event log. An append gives events their positions and hashes, writes them
 * to the journal on the caller's thread, and is acknowledged by that; the {@link Shipper} copies
 * the journal to the database. So no caller waits for the database, the order of the log is the
 * order of the journal, and positions have no holes.
 *
 * <p>Thread-safe. {@code ordering} guards the heads and the hash chain and is held for the copy
 * into the journal; the journal's own lock is taken under it. The database is never asked under it.
 */
public final class LogWriter implements AutoCloseable {

  private final EventLogLimits limits;
  private final Journal journal;
  private final HeadReader headReader;
  private final Shipper shipper;
  private final JournalTail tail;
  private final StreamHeads heads;
  private final HashChain chain = new HashChain();
  private final ReentrantLock ordering = new ReentrantLock();

  private final long bytesAtStart;
  private final LongAdder appends = new LongAdder();
  private final LongAdder events = new LongAdder();
  private final LongAdder refused = new LongAdder();

  private volatile boolean closed;

  private LogWriter(
      EventLogLimits limits,
      Journal journal,
      HeadReader headReader,
      Shipper shipper,
      JournalTail tail) {
    this.limits = limits;
    this.journal = journal;
    this.bytesAtStart = journal.frameBytes();
    this.headReader = headReader;
    this.shipper = shipper;
    this.tail = tail;
    this.heads = new StreamHeads(limits.streamHeads(), shipper::shipped);
  }

  /**
   * Opens the log for writing: takes the database's lock, recovers the journal, and writes its tail
   * to the database.
   *
   * @param unpooled gives connections that are not pooled, because the shipper keeps a
   *     session-level lock on its connection
   * @param pool gives connections for single queries
   * @param signal receives every new head of the database
   * @param availability reports of the database's supervisor: while it reports that the database is
   *     unavailable or has no space, nothing is written to it
   * @throws LogLockedException if another writer holds the log for longer than {@link
   *     EventLogLimits#lockWait()}
   * @throws io.vsmmu.journal.JournalRefusedException if the journal does not belong to the
   *     database, or acknowledged events are missing
   * @throws EventStoreException if the database cannot be reached
   */
  public static LogWriter open(
      DataSource unpooled,
      DataSource pool,
      JournalSettings settings,
      HeadSignal signal,
      EventLogLimits limits,
      Availability availability) {
    JournalOpening opened = JournalOpening.open(unpooled, settings, limits);
    try {
      Shipper shipper = new Shipper(unpooled, opened, signal, limits, availability);
      shipper.start();
      return new LogWriter(
          limits,
          opened.journal(),
          new HeadReader(pool, limits.retryPause()),
          shipper,
          new JournalTail(opened.journal(), shipper, availability, limits));
    } catch (RuntimeException e) {
      opened.closeAfter(e);
      throw e;
    }
  }

  /** As {@link #append(List, AppendDurability)}, for events of one vSMMU. */
  public Appended append(int vsmmuId, List<NewEvent> events, AppendDurability durability) {
    return append(rows(vsmmuId, events), durability);
  }

  /**
   * Appends events, all or none, and returns when they are as durable as requested. Waits for the
   * database only if the journal is full, or if the head of a vSMMU must be read that was not
   * written for long; for each at most {@link EventLogLimits#roomWait()}.
   *
   * @throws IllegalArgumentException if the append is empty or exceeds a limit
   * @throws ConcurrencyException if the sequence of an event exists already
   * @throws AggregateStreamCreationException if that is sequence 0
   * @throws LogBusyException if the journal stayed full for {@link EventLogLimits#roomWait()};
   *     nothing was appended
   * @throws EventStoreException if the writer is closed, the vSMMU's head cannot be read, or the
   *     journal failed; the message says whether the events may be in it
   */
  public Appended append(List<AppendRow> rows, AppendDurability durability) {
    check(rows);
    List<Integer> vsmmus = rows.stream().map(AppendRow::vsmmuId).distinct().toList();
    return append(vsmmus, rows.size(), () -> appendInOrder(rows, durability), durability);
  }

  /**
   * @param attempt appends under {@code ordering}; empty if a head was dropped meanwhile
   */
  private Appended append(
      List<Integer> vsmmus,
      int events,
      Supplier<Optional<Appended>> attempt,
      AppendDurability durability) {
    long deadline = System.nanoTime() + limits.roomWait().toNanos();
    while (true) {
      loadHeads(vsmmus, deadline);
      long shipped = shipper.shipped();
      try {
        Optional<Appended> done = attempt.get();
        if (done.isPresent()) {
          acknowledge(done.get(), events, durability);
          return done.get();
        }
      } catch (JournalFullException full) {
        awaitRoom(full, shipped, deadline);
      } catch (JournalFailedException failed) {
        throw new EventStoreException("Nothing was appended: " + failed.getMessage(), failed);
      }
    }
  }

  /**
   * Begins bulk appends to a vSMMU.
   *
   * @throws EventStoreException if the end of its log cannot be read
   */
  public BulkAppender bulk(int vsmmuId) {
    long deadline = System.nanoTime() + limits.roomWait().toNanos();
    while (true) {
      loadHeads(List.of(vsmmuId), deadline);
      ordering.lock();
      try {
        StreamHead head = heads.get(vsmmuId);
        if (head != null) {
          return new BulkAppender(this, vsmmuId, head);
        }
      } finally {
        ordering.unlock();
      }
    }
  }

  /**
   * Appends a chunk, for {@link BulkAppender}.
   *
   * @return the position of its last event
   */
  long append(int vsmmuId, BulkChunk chunk) {
    long most = Math.min(limits.bulkBytes(), journal.limits().totalBytes() / 4);
    awaitWhileShipping(() -> shipper.bytesBehind() <= most, "Nothing was appended: the");
    return append(
            List.of(vsmmuId),
            chunk.events(),
            () -> appendInOrder(vsmmuId, chunk),
            AppendDurability.JOURNALED)
        .lastPosition();
  }

  /**
   * Waits until the database holds a position.
   *
   * @throws EventStoreException if it takes nothing for {@link EventLogLimits#answerWait()}
   */
  public void awaitShipped(long position) {
    awaitWhileShipping(() -> shipper.shipped() >= position, "The");
  }

  private void awaitWhileShipping(BooleanSupplier enough, String the) {
    if (!shipper.awaitWhileShipping(enough, limits.answerWait())) {
      throw new EventStoreException(
          "%s database took no event for %s%s"
              .formatted(
                  the, limits.answerWait(), shipper.problem().map(p -> ": " + p).orElse("")));
    }
  }

  /** What the journal holds and the database lacks, for readers of the log. */
  public Tail tail() {
    return tail;
  }

  /**
   * As {@link #tail}, but empty while the database takes events: it has them some moments later.
   */
  public Tail tailOfStoppedDatabase() {
    return () -> tail.isTaken() ? Unshipped.NONE : tail.unshipped();
  }

  /**
   * Waits until the database has what is acknowledged now, for readers of what follows it. While it
   * takes nothing, for lack of space for instance, and after {@link EventLogLimits#tailWait()},
   * they get what it has; {@link #lag} says how much that lacks.
   */
  public void awaitTail() {
    if (tail.isTaken()) {
      shipper.awaitShipped(journal.last(), limits.tailWait());
    }
  }

  /** How far the database is behind. */
  public LogLag lag() {
    return shipper.lag();
  }

  /** The number of bytes that can be appended before the journal is full, if the disk has space. */
  public long journalFreeBytes() {
    return journal.availableBytes();
  }

  /** What keeps events from the database, or from the journal, at the moment. */
  public Optional<String> problem() {
    return journal.problem().or(shipper::problem);
  }

  /**
   * Completes with the reason, for people, when the writer can take nothing until the service is
   * started again.
   */
  public CompletableFuture<String> lost() {
    return shipper.lost();
  }

  /** Whether the writer takes appends: it was neither closed nor ended by an error. */
  public boolean running() {
    return !closed && !journal.failed() && shipper.running();
  }

  /** Counters since the writer was opened; not a consistent snapshot while it writes. */
  public WriterCounters counters() {
    return new WriterCounters(
        appends.sum(),
        events.sum(),
        journal.frameBytes() - bytesAtStart,
        shipper.batches(),
        refused.sum(),
        shipper.reconnects());
  }

  /**
   * Writes the tail to the database if that is possible within {@link EventLogLimits#answerWait()},
   * and closes the journal and the connection. What the database lacks stays in the journal.
   */
  @Override
  public void close() {
    ordering.lock();
    try {
      // An append that is under way is before what the shipper writes last.
      closed = true;
    } finally {
      ordering.unlock();
    }
    shipper.close();
    tail.close();
    journal.close();
  }

  /** Reads the heads that are not cached. */
  private void loadHeads(List<Integer> vsmmus, long deadline) {
    ordering.lock();
    long dropped;
    List<Integer> missing;
    try {
      dropped = heads.dropped();
      missing = vsmmus.stream().filter(id -> heads.get(id) == null).toList();
    } finally {
      ordering.unlock();
    }
    if (!missing.isEmpty()) {
      Map<Integer, StreamHead> read = new HashMap<>();
      missing.forEach(id -> read.put(id, headReader.read(id, deadline)));
      ordering.lock();
      try {
        if (heads.dropped() == dropped) {
          read.forEach(
              (id, head) -> {
                if (heads.get(id) == null) {
                  heads.put(id, head);
                }
              });
        }
      } finally {
        ordering.unlock();
      }
    }
  }

  /** Appends; empty if a head was dropped meanwhile and must be read again. */
  private Optional<Appended> appendInOrder(List<AppendRow> rows, AppendDurability durability) {
    ordering.lock();
    try {
      checkOpen();
      Map<Integer, StreamHead> moved = new HashMap<>();
      List<JournalRow> entries = new ArrayList<>(rows.size());
      long position = journal.last();
      for (AppendRow row : rows) {
        StreamHead head = head(moved, row.vsmmuId());
        if (head == null) {
          return Optional.empty();
        }
        position++;
        byte[] hash = follow(head, row);
        moved.put(row.vsmmuId(), head.after(row.event().sequence(), hash, position));
        entries.add(JournalRow.of(position, row, hash));
      }
      long first = journal.append(entries, durability == AppendDurability.SYNCED);
      moved.forEach(heads::put);
      return Optional.of(new Appended(first, position, entries.getLast().hash()));
    } finally {
      ordering.unlock();
    }
  }

  /** As {@link #appendInOrder(List, AppendDurability)}, for a chunk that is hashed. */
  private Optional<Appended> appendInOrder(int vsmmuId, BulkChunk chunk) {
    ordering.lock();
    try {
      checkOpen();
      StreamHead head = heads.get(vsmmuId);
      if (head == null) {
        return Optional.empty();
      }
      if (head.sequence() != chunk.before().sequence()
          || !Arrays.equals(head.hash(), chunk.before().hash())) {
        refused.increment();
        throw refusal(vsmmuId, chunk.before().sequence() + 1, head);
      }
      long position = journal.last() + chunk.events();
      long first = journal.append(chunk.entries(journal.last() + 1), false);
      StreamHead last = chunk.last();
      heads.put(vsmmuId, last.after(last.sequence(), last.hash(), position));
      return Optional.of(new Appended(first, position, last.hash()));
    } finally {
      ordering.unlock();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new EventStoreException("The event log's writer is closed; nothing was appended");
    }
  }

  private @Nullable StreamHead head(Map<Integer, StreamHead> moved, int vsmmuId) {
    @Nullable StreamHead head = moved.get(vsmmuId);
    return head != null ? head : heads.get(vsmmuId);
  }

  private byte[] follow(StreamHead head, AppendRow row) {
    if (row.event().sequence() != head.sequence() + 1) {
      refused.increment();
      throw refusal(row.vsmmuId(), row.event().sequence(), head);
    }
    return chain.next(head.hash(), head.originMicros(), row.event());
  }

  private void acknowledge(Appended done, int count, AppendDurability durability) {
    shipper.appended(done.lastPosition());
    if (durability == AppendDurability.SYNCED) {
      try {
        journal.sync(done.lastPosition());
      } catch (JournalFailedException failed) {
        throw new EventStoreException(
            "It is unknown whether the events are on the storage device: " + failed.getMessage(),
            failed);
      }
    }
    appends.increment();
    events.add(count);
  }

  private void awaitRoom(JournalFullException full, long shipped, long deadline) {
    long left = deadline - System.nanoTime();
    if (left <= 0 || !shipper.awaitShipped(shipped + 1, Duration.ofNanos(left))) {
      throw new LogBusyException(
          "The journal stayed full for %s: %s%s"
              .formatted(
                  limits.roomWait(),
                  full.getMessage(),
                  shipper.problem().map(p -> "; " + p).orElse("")));
    }
  }

  /** Refuses an event that does not follow the head of its vSMMU. */
  static void checkFollows(int vsmmuId, NewEvent event, StreamHead head) {
    if (event.sequence() != head.sequence() + 1) {
      throw refusal(vsmmuId, event.sequence(), head);
    }
  }

  /** The exceptions that Axon's own engines throw, so that its conflict resolution handles them. */
  private static RuntimeException refusal(int vsmmuId, long sequence, StreamHead head) {
    String what =
        "vSMMU " + vsmmuId + " ends at sequence " + head.sequence() + ", the event has " + sequence;
    if (sequence > head.sequence()) {
      return new EventStoreException("An event would leave a hole: " + what);
    }
    return sequence == 0
        ? new AggregateStreamCreationException("The stream exists already: " + what)
        : new ConcurrencyException("An event with this sequence was already inserted: " + what);
  }

  private static List<AppendRow> rows(int vsmmuId, List<NewEvent> events) {
    return events.stream().map(event -> new AppendRow(vsmmuId, event)).toList();
  }

  private void check(List<AppendRow> rows) {
    check("events in an append", rows.size(), limits.appendRows());
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("An append without events");
    }
    long bytes = 0;
    for (AppendRow row : rows) {
      check(row.event());
      bytes += row.event().payload().length;
    }
    check("payload bytes in an append", bytes, limits.appendBytes());
  }

  /**
   * @throws IllegalArgumentException if the event exceeds a limit
   */
  void check(NewEvent event) {
    check("payload bytes of an event", event.payload().length, limits.payloadBytes());
    @Nullable String subject = event.subject();
    if (subject != null) {
      check("characters of a subject", subject.length(), limits.subjectChars());
      check("NUL characters of a subject", subject.indexOf('\0') < 0 ? 0 : 1, 0);
    }
  }

  private static void check(String what, long value, long limit) {
    if (value > limit) {
      throw new IllegalArgumentException(value + " " + what + ", the limit is " + limit);
    }
  }
}
