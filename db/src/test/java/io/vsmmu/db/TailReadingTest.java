package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.embedded.Availability;
import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.ChainVerdict.Intact;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.write.AppendRow;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.journal.JournalLimits;
import io.vsmmu.testing.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.junit.jupiter.api.Test;

/** Readers see what is acknowledged, whether the database has it or only the journal. */
class TailReadingTest {

  private static final int EVENTS = 120;

  private final String url = TestPostgres.newDatabase();
  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private long appended;

  /** A database that is reported as unavailable, or as full, on demand. */
  private static final class Reported implements Availability {
    private volatile Optional<String> unavailable = Optional.empty();
    private volatile Optional<String> full = Optional.empty();

    @Override
    public Optional<String> unavailable() {
      return unavailable;
    }

    @Override
    public Optional<String> outOfSpace() {
      return full;
    }
  }

  private EventDatabase open(Availability availability) {
    JournalSettings small =
        new JournalSettings(
            TestPostgres.journal(url),
            new JournalLimits(8192, 64, 1),
            false,
            JournalBoundary.Observer.NONE);
    return EventDatabase.open(url, small, EventLogLimits.DEFAULTS, availability);
  }

  /** Appends events of several vSMMUs in a random order, up to three in an append. */
  private void append(
      EventDatabase database, List<RegisteredVsmmu> vsmmus, long[] next, int count) {
    int left = count;
    while (left > 0) {
      List<AppendRow> rows = new ArrayList<>();
      for (int i = Math.min(left, 1 + random.nextInt(3)); i > 0; i--) {
        int which = random.nextInt(vsmmus.size());
        rows.add(new AppendRow(vsmmus.get(which).id(), event(next[which]++)));
      }
      left -= rows.size();
      database
          .writer()
          .append(
              rows, random.nextBoolean() ? AppendDurability.SYNCED : AppendDurability.JOURNALED);
    }
  }

  private NewEvent event(long sequence) {
    byte[] payload = new byte[random.nextInt(200)];
    random.nextBytes(payload);
    return new NewEvent(
        sequence,
        TestLog.ORIGIN + 1000 * appended++,
        7,
        sequence > 0 && random.nextBoolean() ? sequence - 1 : null,
        random.nextBoolean() ? "operator" : null,
        payload);
  }

  /** What every kind of read gives, at positions and sequences that {@code from} chooses. */
  private static List<Object> answers(EventLog log, List<RegisteredVsmmu> vsmmus, Random from) {
    List<Object> answers = new ArrayList<>();
    answers.add(log.headPosition());
    answers.add(log.tailPosition());
    for (int i = 0; i < 30; i++) {
      long position = from.nextInt(EVENTS + 5);
      int limit = 1 + from.nextInt(EVENTS);
      answers.add(shown(log.readAfter(position, limit)));
      answers.add(shown(log.find(position).stream().toList()));
      List<StoredEvent> all = new ArrayList<>();
      log.readAllWhile(position, position + limit, all::add);
      answers.add(shown(all));
      answers.add(log.positionBefore(time(from.nextInt(EVENTS))));
      for (RegisteredVsmmu vsmmu : vsmmus) {
        long sequence = from.nextInt(EVENTS);
        answers.add(shown(log.readPage(vsmmu.id(), sequence, limit)));
        List<Long> some = from.longs(limit, 0, EVENTS).boxed().distinct().toList();
        answers.add(shown(log.readSequences(vsmmu.id(), some)));
        answers.add(log.positionsOf(vsmmu.id(), some));
        List<StoredEvent> read = new ArrayList<>();
        answers.add(
            log.readWhile(
                vsmmu.id(), sequence, sequence + limit, e -> read.add(e) && read.size() < 20));
        answers.add(shown(read));
        answers.add(log.firstSequence(vsmmu.id()));
        answers.add(log.lastSequence(vsmmu.id()));
        answers.add(log.positionOf(vsmmu.id(), sequence));
        answers.add(log.sequenceAtPosition(vsmmu.id(), position));
        answers.add(log.sequenceAtTime(vsmmu.id(), time(from.nextInt(EVENTS))));
      }
    }
    return answers;
  }

  private static Instant time(long sequence) {
    return Instant.ofEpochSecond(0, (TestLog.ORIGIN + sequence * 1000) * 1000);
  }

  private static List<String> shown(Collection<StoredEvent> events) {
    return events.stream()
        .map(
            e ->
                "%d %d/%d %d %s %s %s %s%n"
                    .formatted(
                        e.position(),
                        e.vsmmuId(),
                        e.sequence(),
                        e.timeMicros(),
                        e.cause(),
                        e.subject(),
                        Arrays.hashCode(e.payload()),
                        Arrays.hashCode(e.hash())))
        .toList();
  }

  @Test
  void every_read_is_the_same_whether_the_database_has_the_events_or_the_journal() {
    try (EventDatabase database = open(Availability.UNWATCHED)) {
      // given
      List<RegisteredVsmmu> vsmmus =
          List.of(
              ConcurrentLogTest.register(database),
              ConcurrentLogTest.register(database),
              ConcurrentLogTest.register(database));
      long[] next = new long[3];
      append(database, vsmmus.subList(0, 2), next, EVENTS / 2);
      database.writer().awaitShipped(EVENTS / 2);
      TestLog.refuseRows(url, "not now");
      append(database, vsmmus, next, EVENTS / 2);
      // when
      List<Object> fromBoth = answers(database.log(), vsmmus, new Random(seed));
      assertThat(database.writer().lag().events()).isEqualTo(EVENTS / 2);
      assertThat(database.verifier().verify(vsmmus.get(2).id())).isInstanceOf(Intact.class);
      TestLog.acceptRows(url);
      database.writer().awaitShipped(EVENTS);
      // then
      List<Object> fromDatabase = answers(database.shippedLog(), vsmmus, new Random(seed));
      for (int i = 0; i < fromDatabase.size(); i++) {
        assertThat(fromBoth.get(i))
            .as("seed %d, answer %d", seed, i)
            .isEqualTo(fromDatabase.get(i));
      }
    }
  }

  @Test
  void what_the_journal_has_is_read_without_a_database() {
    Reported availability = new Reported();
    try (EventDatabase database = open(availability)) {
      RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
      append(database, List.of(vsmmu), new long[1], 10);
      database.writer().awaitShipped(10);
      TestLog.refuseRows(url, "not now");
      append(database, List.of(vsmmu), new long[] {10}, 10);

      availability.unavailable = Optional.of("it is restarted");

      assertThat(database.log().headPosition()).isEqualTo(20);
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(19);
      assertThat(database.log().readPage(vsmmu.id(), 12, 5)).hasSize(5);
      assertThat(database.log().find(20)).isPresent();
      assertThatThrownBy(() -> database.log().find(10))
          .isInstanceOf(EventStoreException.class)
          .hasMessageContaining("restarted");
      TestLog.acceptRows(url);
      availability.unavailable = Optional.empty();
    }
  }

  @Test
  void a_reader_misses_nothing_while_events_move_from_the_journal_to_the_database()
      throws Exception {
    Reported availability = new Reported();
    try (EventDatabase database = open(availability);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
      long[] next = new long[1];
      Future<?> writer =
          threads.submit(
              () -> {
                for (int i = 0; i < 12; i++) {
                  availability.full = Optional.of("no space");
                  append(database, List.of(vsmmu), next, 150);
                  availability.full = Optional.empty();
                  append(database, List.of(vsmmu), next, 50);
                  // The journal of this test is small, and the shipper takes its time.
                  database.writer().awaitShipped(database.log().headPosition());
                }
              });
      int reads = 0;
      while (!writer.isDone() || reads == 0) {
        long head = database.log().headPosition();
        List<Long> positions = new ArrayList<>();
        database
            .log()
            .readAllWhile(Math.max(1, head - 400), head, e -> positions.add(e.position()));
        long first = Math.max(1, head - 400);
        for (int i = 0; i < positions.size(); i++) {
          assertThat(positions.get(i)).as("seed %d", seed).isEqualTo(first + i);
        }
        assertThat(positions.size()).isEqualTo(head == 0 ? 0 : (int) (head - first) + 1);
        assertThat(database.log().lastSequence(vsmmu.id()).orElse(-1))
            .isGreaterThanOrEqualTo(head - 1);
        reads++;
      }
      writer.get();
      assertThat(database.log().awaitBeyond(12 * 200 - 1, Duration.ofSeconds(10))).isTrue();
    }
  }
}
