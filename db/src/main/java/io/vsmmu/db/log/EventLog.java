package io.vsmmu.db.log;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the event log: its database, and behind that what only the journal holds ({@link Tail}).
 * While the database cannot be read, events that the journal holds still can. Positions are 1, 2, 3
 * ... without holes, so that a follower that has seen position n has seen every event up to n.
 * Sequences are 0, 1, 2 ... per vSMMU. Every method throws {@link EventStoreException} if the
 * database cannot be read. Thread-safe.
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
   * @param tail what is read behind the database
   * @param signal the writer's if it runs in this process, else a new one
   */
  public EventLog(DataSource dataSource, Tail tail, HeadSignal signal, EventLogLimits limits) {
    this.database = new Sql(dataSource);
    this.tail = tail;
    this.signal = signal;
    this.limits = limits;
  }

  /** Whether a method of this class failed because the log cannot be read at the moment. */
  public static boolean isUnavailable(RuntimeException failure) {
    return failure instanceof EventStoreException;
  }

  /** Position of the last event, 0 if there is none. */
  public long headPosition() {
    Unshipped behind = tail.unshipped();
    if (!behind.isEmpty()) {
      return behind.last();
    }
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
    return folded(
        behind -> {
          List<StoredEvent> events = behind.select(position + 1, row -> true, limit);
          return position >= behind.first() - 1
              ? events
              : followedBy(
                  database.query(
                      SELECT + "position > ? ORDER BY position LIMIT ?",
                      EventRows::all,
                      position,
                      limit),
                  events,
                  limit);
        });
  }

  /**
   * Up to {@code limit} events of one vSMMU from a sequence on, in order. If the sequence was
   * archived, the page begins at the first one that is in the database.
   */
  public List<StoredEvent> readPage(int vsmmuId, long fromSequence, int limit) {
    return folded(
        behind -> {
          List<StoredEvent> events =
              behind.select(
                  behind.first(),
                  row -> row.vsmmuId() == vsmmuId && row.sequence() >= fromSequence,
                  limit);
          return beginsAt(events, fromSequence)
              ? events
              : followedBy(pageInDatabase(vsmmuId, fromSequence, limit), events, limit);
        });
  }

  private static boolean beginsAt(List<StoredEvent> page, long sequence) {
    return !page.isEmpty() && page.getFirst().sequence() == sequence;
  }

  /** Events of the database, and those of the journal that follow them. */
  private static List<StoredEvent> followedBy(
      List<StoredEvent> events, List<StoredEvent> more, int limit) {
    long last = events.isEmpty() ? 0 : events.getLast().position();
    List<StoredEvent> all = new ArrayList<>(events);
    more.stream()
        .filter(event -> event.position() > last)
        .limit(limit - events.size())
        .forEach(all::add);
    return all;
  }

  private List<StoredEvent> pageInDatabase(int vsmmuId, long fromSequence, int limit) {
    // With an upper bound PostgreSQL cannot choose to read and sort all the events that follow.
    List<StoredEvent> page =
        database.query(
            SELECT + "vsmmu = ? AND sequence BETWEEN ? AND ? ORDER BY sequence",
            EventRows::all,
            vsmmuId,
            fromSequence,
            fromSequence + limit - 1);
    return beginsAt(page, fromSequence) ? page : pageAfterArchived(vsmmuId, fromSequence, limit);
  }

  /** A page whose first sequence is not in the database: it was archived, or not appended yet. */
  private List<StoredEvent> pageAfterArchived(int vsmmuId, long fromSequence, int limit) {
    return database.query(
        SELECT + "vsmmu = ? AND sequence >= ? ORDER BY sequence LIMIT ?",
        EventRows::all,
        vsmmuId,
        fromSequence,
        limit);
  }

  /** Those of the given sequences of one vSMMU that are not archived, in ascending order. */
  public List<StoredEvent> readSequences(int vsmmuId, Collection<Long> sequences) {
    Set<Long> wanted = Set.copyOf(sequences);
    return folded(
        behind -> {
          List<StoredEvent> events =
              behind.select(behind.first(), row -> isOneOf(row, vsmmuId, wanted), wanted.size());
          return events.size() == wanted.size()
              ? events
              : followedBy(
                  database.query(
                      SELECT + "vsmmu = ? AND sequence = ANY (?) ORDER BY sequence",
                      EventRows::all,
                      vsmmuId,
                      wanted.toArray(Long[]::new)),
                  events,
                  wanted.size());
        });
  }

  private static boolean isOneOf(BinaryRow row, int vsmmuId, Set<Long> sequences) {
    return row.vsmmuId() == vsmmuId && sequences.contains(row.sequence());
  }

  /** Maps those of the given sequences of one vSMMU that are not archived to their positions. */
  public Map<Long, Long> positionsOf(int vsmmuId, Collection<Long> sequences) {
    Set<Long> wanted = Set.copyOf(sequences);
    return folded(
        behind -> {
          Map<Long, Long> positions = new HashMap<>();
          behind
              .select(behind.first(), row -> isOneOf(row, vsmmuId, wanted), wanted.size())
              .forEach(event -> positions.put(event.sequence(), event.position()));
          if (positions.size() < wanted.size()) {
            positions.putAll(positionsInDatabase(vsmmuId, wanted));
          }
          return positions;
        });
  }

  private Map<Long, Long> positionsInDatabase(int vsmmuId, Set<Long> sequences) {
    return database.query(
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
    String stream = SELECT + "vsmmu = " + vsmmuId + " AND sequence BETWEEN ";
    Pass pass = new Pass(StoredEvent::sequence, fromSequence, visitor);
    return pass.over(
        () ->
            copyInDatabase(
                pass,
                Math.min(toSequence, lastInDatabase(vsmmuId).orElse(Long.MIN_VALUE)),
                firstInDatabase(vsmmuId).orElse(Long.MAX_VALUE),
                (first, last) -> stream + first + " AND " + last + " ORDER BY sequence"),
        row ->
            row.vsmmuId() == vsmmuId
                && row.sequence() >= pass.next
                && row.sequence() <= toSequence);
  }

  /** As {@link #readWhile}, over the events of all vSMMUs in the order of positions. */
  public boolean readAllWhile(
      long fromPosition, long toPosition, Predicate<? super StoredEvent> visitor) {
    String all = SELECT + "position BETWEEN ";
    Pass pass = new Pass(StoredEvent::position, fromPosition, visitor);
    return pass.over(
        () ->
            copyInDatabase(
                pass,
                Math.min(toPosition, headInDatabase()),
                tailPosition(),
                (first, last) -> all + first + " AND " + last + " ORDER BY position"),
        row -> row.position() >= pass.next && row.position() <= toPosition);
  }

  private long headInDatabase() {
    OptionalLong known = signal.head();
    return known.isPresent()
        ? known.getAsLong()
        : number("SELECT max(position) FROM event").orElse(0);
  }

  private boolean copyInDatabase(
      Pass pass, long last, long earliest, CopyReader.WindowQuery window) {
    long first = Math.max(pass.next, earliest);
    return first > last
        || database.use(
            connection -> CopyReader.read(connection, first, last, window, pass::visit));
  }

  /** One pass of a visitor over events in the order of a key. */
  private final class Pass {

    private final ToLongFunction<StoredEvent> key;
    private final Predicate<? super StoredEvent> visitor;

    /** The smallest key that was not visited. */
    private long next;

    Pass(ToLongFunction<StoredEvent> key, long first, Predicate<? super StoredEvent> visitor) {
      this.key = key;
      this.next = first;
      this.visitor = visitor;
    }

    boolean visit(StoredEvent event) {
      next = key.applyAsLong(event) + 1;
      return visitor.test(event);
    }

    /**
     * Visits what the database has, and then what the journal has behind it.
     *
     * @param inDatabase visits the events from {@link #next} on; false if the visitor stopped it
     * @param inJournal whether a row of the journal is to be visited
     * @return false if the visitor returned false
     */
    boolean over(BooleanSupplier inDatabase, Predicate<BinaryRow> inJournal) {
      return folded(
          behind ->
              inDatabase.getAsBoolean() && behind.visit(behind.first(), inJournal, this::visit));
    }
  }

  /** The event at a position; empty if it was archived or not appended yet. */
  public Optional<StoredEvent> find(long position) {
    return folded(
        behind ->
            (position >= behind.first()
                    ? behind.select(position, row -> row.position() == position, 1)
                    : database.query(SELECT + "position = ?", EventRows::all, position))
                .stream().findFirst());
  }

  /** The last event of one vSMMU in the journal that fulfils a condition. */
  private static Optional<StoredEvent> lastBehind(
      Unshipped behind, int vsmmuId, Predicate<? super BinaryRow> condition) {
    // Only the newest one is kept, however many there are.
    StoredEvent[] last = new StoredEvent[1];
    behind.visit(
        behind.first(),
        row -> row.vsmmuId() == vsmmuId && condition.test(row),
        event -> {
          last[0] = event;
          return true;
        });
    return Optional.ofNullable(last[0]);
  }

  /** Last sequence of a vSMMU, empty if it has no events. */
  public OptionalLong lastSequence(int vsmmuId) {
    return folded(
        behind ->
            sequence(lastBehind(behind, vsmmuId, row -> true), () -> lastInDatabase(vsmmuId)));
  }

  private static OptionalLong sequence(
      Optional<StoredEvent> found, Supplier<OptionalLong> otherwise) {
    return found.isPresent() ? OptionalLong.of(found.get().sequence()) : otherwise.get();
  }

  private OptionalLong lastInDatabase(int vsmmuId) {
    return number(
        "SELECT sequence FROM event WHERE vsmmu = ? ORDER BY sequence DESC LIMIT 1", vsmmuId);
  }

  /** First sequence of a vSMMU that is not archived, empty if it has no events. */
  public OptionalLong firstSequence(int vsmmuId) {
    return folded(
        behind -> {
          List<StoredEvent> journalled =
              behind.select(behind.first(), row -> row.vsmmuId() == vsmmuId, 1);
          OptionalLong stored =
              beginsAt(journalled, 0) ? OptionalLong.empty() : firstInDatabase(vsmmuId);
          return stored.isPresent()
              ? stored
              : sequence(journalled.stream().findFirst(), OptionalLong::empty);
        });
  }

  private OptionalLong firstInDatabase(int vsmmuId) {
    return number("SELECT sequence FROM event WHERE vsmmu = ? ORDER BY sequence LIMIT 1", vsmmuId);
  }

  /** Position of the event with this sequence of a vSMMU, empty if it is archived or not there. */
  public OptionalLong positionOf(int vsmmuId, long sequence) {
    Map<Long, Long> found = positionsOf(vsmmuId, List.of(sequence));
    @Nullable Long position = found.get(sequence);
    return position == null ? OptionalLong.empty() : OptionalLong.of(position);
  }

  /** Last sequence of a vSMMU at or before a position of the whole log, empty if there is none. */
  public OptionalLong sequenceAtPosition(int vsmmuId, long position) {
    return folded(
        behind ->
            sequence(
                position < behind.first()
                    ? Optional.empty()
                    : lastBehind(behind, vsmmuId, row -> row.position() <= position),
                () -> sequenceAtStoredPosition(vsmmuId, position)));
  }

  private OptionalLong sequenceAtStoredPosition(int vsmmuId, long position) {
    OptionalLong exact =
        number("SELECT sequence FROM event WHERE position = ? AND vsmmu = ?", position, vsmmuId);
    return exact.isPresent() ? exact : search(vsmmuId, "position", position);
  }

  /**
   * Last sequence of a vSMMU at or before a time, empty if there is none. Where the times of a log
   * go backwards, the result is one of the sequences at which they cross the given time.
   */
  public OptionalLong sequenceAtTime(int vsmmuId, Instant time) {
    long micros = Micros.of(time);
    return folded(
        behind ->
            sequence(
                lastBehind(behind, vsmmuId, row -> row.timeMicros() <= micros),
                () -> search(vsmmuId, "time_us", micros)));
  }

  /**
   * Last position of the whole log before a time, 0 if there is none; for times that go backwards
   * see {@link #sequenceAtTime}.
   */
  public long positionBefore(Instant time) {
    long most = Math.max(Micros.of(time), 1 - Long.MAX_VALUE) - 1;
    return folded(
        behind -> {
          long[] last = new long[1];
          behind.visit(
              behind.first(),
              row -> row.timeMicros() <= most,
              event -> {
                last[0] = event.position();
                return true;
              });
          return last[0] != 0 ? last[0] : storedPositionAt(most);
        });
  }

  private long storedPositionAt(long mostMicros) {
    long head = headInDatabase();
    if (head == 0) {
      return 0;
    }
    SequenceSearch search =
        new SequenceSearch(p -> required("SELECT time_us FROM event WHERE position = ?", p));
    return search.lastAtOrBefore(mostMicros, tailPosition(), head).orElse(0);
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
    OptionalLong first = firstInDatabase(vsmmuId);
    OptionalLong last = lastInDatabase(vsmmuId);
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

  /** Reads with the tail, and again if a part of it has moved to the database meanwhile. */
  private <T> T folded(Function<Unshipped, T> reading) {
    while (true) {
      try {
        return reading.apply(tail.unshipped());
      } catch (Unshipped.MovedException moved) {
        continue;
      }
    }
  }

  private OptionalLong number(String query, Object... arguments) {
    return database.query(
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
