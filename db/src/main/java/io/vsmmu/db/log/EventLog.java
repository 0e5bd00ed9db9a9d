package io.vsmmu.db.log;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;

/**
 * Reads the event log from its database. Positions are 1, 2, 3 ... without holes, so that a
 * follower that has seen position n has seen every event up to n. Sequences are 0, 1, 2 ... per
 * vSMMU. Every method throws {@link EventStoreException} if the database cannot be read.
 * Thread-safe.
 */
public final class EventLog {

  private static final String SELECT = "SELECT " + EventRows.COLUMNS + " FROM event WHERE ";

  private final Sql database;
  private final Tail tail;
  private final HeadSignal signal;
  private final EventLogLimits limits;

  /**
   * Makes a reader; nothing is read yet.
   *
   * @param dataSource a pool: every method borrows one connection while it runs
   * @param tail is waited for by every method before it reads
   * @param signal the writer's if it runs in this process, else a new one
   */
  public EventLog(DataSource dataSource, Tail tail, HeadSignal signal, EventLogLimits limits) {
    this.database = new Sql(dataSource);
    this.tail = tail;
    this.signal = signal;
    this.limits = limits;
  }

  /** Position of the last committed event, 0 if there is none. */
  public long headPosition() {
    tail.awaitInDatabase();
    OptionalLong known = signal.head();
    return known.isPresent()
        ? known.getAsLong()
        : number("SELECT max(position) FROM event").orElse(0);
  }

  /** Position of the first event in the database; 1 if the log is empty or nothing was archived. */
  public long tailPosition() {
    return number("SELECT min(position) FROM event").orElse(1);
  }

  /** Up to {@code limit} events after the position, in the order of positions. */
  public List<StoredEvent> readAfter(long position, int limit) {
    return sql()
        .query(SELECT + "position > ? ORDER BY position LIMIT ?", EventRows::all, position, limit);
  }

  /**
   * Up to {@code limit} events of one vSMMU from a sequence on, in order. If the sequence was
   * archived, the page begins at the first one that is in the database.
   */
  public List<StoredEvent> readPage(int vsmmuId, long fromSequence, int limit) {
    // With an upper bound PostgreSQL cannot choose to read and sort all the events that follow.
    List<StoredEvent> page =
        sql()
            .query(
                SELECT + "vsmmu = ? AND sequence BETWEEN ? AND ? ORDER BY sequence",
                EventRows::all,
                vsmmuId,
                fromSequence,
                fromSequence + limit - 1);
    boolean found = !page.isEmpty() && page.getFirst().sequence() == fromSequence;
    return found ? page : pageAfterArchived(vsmmuId, fromSequence, limit);
  }

  /** A page whose first sequence is not in the database: it was archived, or not appended yet. */
  private List<StoredEvent> pageAfterArchived(int vsmmuId, long fromSequence, int limit) {
    return sql()
        .query(
            SELECT + "vsmmu = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
            EventRows::all,
            vsmmuId,
            fromSequence,
            limit);
  }

  /** Those of the given sequences of one vSMMU that are in the database, in ascending order. */
  public List<StoredEvent> readSequences(int vsmmuId, Collection<Long> sequences) {
    return sql()
        .query(
            SELECT + "vsmmu = ? AND sequence = ANY (?) ORDER BY sequence",
            EventRows::all,
            vsmmuId,
            sequences.toArray(Long[]::new));
  }

  /** Maps those of the given sequences of one vSMMU that are in the database to their positions. */
  public Map<Long, Long> positionsOf(int vsmmuId, Collection<Long> sequences) {
    return sql()
        .query(
            "SELECT sequence, position FROM event WHERE vsmmu = ? AND sequence = ANY (?)",
            rows -> {
              Map<Long, Long> positions = new HashMap<>();
              while (rows.next()) {
                positions.put(rows.getLong(1), rows.getLong(2));
              }
              return positions;
            },
            vsmmuId,
            sequences.toArray(Long[]::new));
  }

  /**
   * Hands the events of one vSMMU to the consumer in order, with one at a time in memory. The
   * consumer runs on the caller's thread and holds a connection of the pool meanwhile.
   *
   * @param toSequence last sequence, inclusive; may lie beyond the end of the log
   */
  public void read(
      int vsmmuId, long fromSequence, long toSequence, Consumer<? super StoredEvent> consumer) {
    readWhile(
        vsmmuId,
        fromSequence,
        toSequence,
        event -> {
          consumer.accept(event);
          return true;
        });
  }

  /**
   * As {@link #read}, but stops when the visitor returns false.
   *
   * @return false if the visitor stopped it
   */
  public boolean readWhile(
      int vsmmuId, long fromSequence, long toSequence, Predicate<? super StoredEvent> visitor) {
    OptionalLong end = lastSequence(vsmmuId);
    OptionalLong start = firstSequence(vsmmuId);
    if (end.isEmpty() || start.isEmpty()) {
      return true;
    }
    String stream = SELECT + "vsmmu = " + vsmmuId + " AND sequence BETWEEN ";
    return sql()
        .use(
            connection ->
                CopyReader.read(
                    connection,
                    Math.max(fromSequence, start.getAsLong()),
                    Math.min(toSequence, end.getAsLong()),
                    (first, last) -> stream + first + " AND " + last + " ORDER BY sequence",
                    visitor));
  }

  /** As {@link #readWhile}, over the events of all vSMMUs in the order of positions. */
  public boolean readAllWhile(
      long fromPosition, long toPosition, Predicate<? super StoredEvent> visitor) {
    String all = SELECT + "position BETWEEN ";
    long start = Math.max(fromPosition, tailPosition());
    long end = Math.min(toPosition, headPosition());
    return sql()
        .use(
            connection ->
                CopyReader.read(
                    connection,
                    start,
                    end,
                    (first, last) -> all + first + " AND " + last + " ORDER BY position",
                    visitor));
  }

  /** The event at a position; empty if it was archived or not appended yet. */
  public Optional<StoredEvent> find(long position) {
    return sql().query(SELECT + "position = ?", EventRows::all, position).stream().findFirst();
  }

  /** Last sequence of a vSMMU, empty if it has no events. */
  public OptionalLong lastSequence(int vsmmuId) {
    return number(
        "SELECT sequence FROM event WHERE vsmmu = ? ORDER BY sequence DESC LIMIT 1", vsmmuId);
  }

  /** First sequence of a vSMMU in the database, empty if it has no events. */
  public OptionalLong firstSequence(int vsmmuId) {
    return number("SELECT sequence FROM event WHERE vsmmu = ? ORDER BY sequence LIMIT 1", vsmmuId);
  }

  /** Position of the event with this sequence of a vSMMU, empty if it is not in the database. */
  public OptionalLong positionOf(int vsmmuId, long sequence) {
    return number("SELECT position FROM event WHERE vsmmu = ? AND sequence = ?", vsmmuId, sequence);
  }

  /** Last sequence of a vSMMU at or before a position of the whole log, empty if there is none. */
  public OptionalLong sequenceAtPosition(int vsmmuId, long position) {
    OptionalLong exact =
        number("SELECT sequence FROM event WHERE position = ? AND vsmmu = ?", position, vsmmuId);
    return exact.isPresent() ? exact : search(vsmmuId, "position", position);
  }

  /**
   * Last sequence of a vSMMU at or before a time, empty if there is none. Where the times of a log
   * go backwards, the result is one of the sequences at which they cross the given time.
   */
  public OptionalLong sequenceAtTime(int vsmmuId, Instant time) {
    return search(vsmmuId, "time_us", Micros.of(time));
  }

  /**
   * Last position of the whole log before a time, 0 if there is none; for times that go backwards
   * see {@link #sequenceAtTime}.
   */
  public long positionBefore(Instant time) {
    long head = headPosition();
    if (head == 0) {
      return 0;
    }
    SequenceSearch search =
        new SequenceSearch(p -> required("SELECT time_us FROM event WHERE position = ?", p));
    return search
        .lastAtOrBefore(Math.max(Micros.of(time), 1 - Long.MAX_VALUE) - 1, tailPosition(), head)
        .orElse(0);
  }

  /**
   * Waits until the log has an event after a position.
   *
   * @return false if the timeout expired first
   */
  public boolean awaitBeyond(long position, Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      if (headPosition() > position) {
        return true;
      }
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      // A writer in this process ends the wait; only one in another process has to be polled for.
      signal.await(position, Duration.ofNanos(Math.min(left, limits.pollInterval().toNanos())));
    }
  }

  private OptionalLong search(int vsmmuId, String column, long target) {
    OptionalLong first = firstSequence(vsmmuId);
    OptionalLong last = lastSequence(vsmmuId);
    if (first.isEmpty() || last.isEmpty()) {
      return OptionalLong.empty();
    }
    String probe = "SELECT " + column + " FROM event WHERE vsmmu = ? AND sequence = ?";
    SequenceSearch search = new SequenceSearch(sequence -> required(probe, vsmmuId, sequence));
    return search.lastAtOrBefore(target, first.getAsLong(), last.getAsLong());
  }

  private long required(String query, Object... arguments) {
    return number(query, arguments)
        .orElseThrow(
            () ->
                new EventStoreException(
                    "The log lacks the event with vSMMU and sequence, or position, "
                        + List.of(arguments)));
  }

  private Sql sql() {
    tail.awaitInDatabase();
    return database;
  }

  private OptionalLong number(String query, Object... arguments) {
    return sql()
        .query(
            query,
            rows -> {
              if (!rows.next()) {
                return OptionalLong.empty();
              }
              long value = rows.getLong(1);
              return rows.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
            },
            arguments);
  }
}
