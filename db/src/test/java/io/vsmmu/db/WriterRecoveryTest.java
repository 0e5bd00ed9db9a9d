package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.ChainVerdict.Intact;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.write.Appended;
import io.vsmmu.db.write.BulkAppender;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.db.write.LogBusyException;
import io.vsmmu.db.write.LogLockedException;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.journal.JournalLimits;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.PosixException;
import io.vsmmu.testing.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class WriterRecoveryTest {

  private static final int APPENDERS = 8;
  private static final int APPENDS = 250;
  private static final String KILL_WRITER =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
          + " WHERE application_name = 'vsmmu-writer' AND datname = current_database()";

  @Test
  void killed_connections_lose_nothing_acknowledged_and_duplicate_nothing() throws Exception {
    String url = TestPostgres.newDatabase();
    try (EventDatabase database = TestLog.open(url);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Map<Long, byte[]> acknowledged = new ConcurrentHashMap<>();
      List<RegisteredVsmmu> vsmmus = new ArrayList<>();
      List<Future<?>> appenders = new ArrayList<>();
      for (int i = 0; i < APPENDERS; i++) {
        RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
        vsmmus.add(vsmmu);
        appenders.add(threads.submit(() -> appendAll(database, vsmmu, acknowledged)));
      }
      while (!appenders.stream().allMatch(Future::isDone)) {
        TestPostgres.execute(url, KILL_WRITER);
        // Longer than it takes to connect again, on a busy machine too.
        Thread.sleep(50);
      }
      for (Future<?> appender : appenders) {
        appender.get();
      }

      assertThat(database.writer().counters().reconnects()).isGreaterThan(2);
      assertThat(acknowledged).hasSize(APPENDERS * APPENDS);
      acknowledged.forEach(
          (position, hash) ->
              assertThat(database.log().find(position).orElseThrow().hash()).isEqualTo(hash));
      assertThat(database.log().headPosition()).isEqualTo(APPENDERS * APPENDS);
      for (RegisteredVsmmu vsmmu : vsmmus) {
        assertThat(database.verifier().verify(vsmmu.id()))
            .isInstanceOfSatisfying(
                Intact.class, intact -> assertThat(intact.events()).isEqualTo(APPENDS));
      }
      System.out.println("killed connections: " + database.writer().counters());
    }
  }

  private static void appendAll(
      EventDatabase database, RegisteredVsmmu vsmmu, Map<Long, byte[]> acknowledged) {
    for (int i = 0; i < APPENDS; i++) {
      List<NewEvent> one = TestLog.events(i, 1, 200);
      Appended appended = database.writer().append(vsmmu.id(), one, AppendDurability.SYNCED);
      assertThat(acknowledged.put(appended.lastPosition(), appended.lastHash())).isNull();
      if (i % 25 == 0) {
        database.writer().awaitShipped(appended.lastPosition());
      }
    }
  }

  @Test
  void a_second_writer_is_refused_until_the_first_one_ends() {
    String url = TestPostgres.newDatabase();
    EventLogLimits impatient = TestLimits.lockWait(Duration.ofMillis(200));
    EventDatabase first = TestLog.open(url, impatient);
    assertThatThrownBy(() -> TestLog.open(url, impatient))
        .isInstanceOf(LogLockedException.class)
        .hasMessageContaining("Another process");
    first.close();
    TestLog.open(url, impatient).close();
  }

  @Test
  void a_database_that_refuses_rows_costs_no_append_and_gets_them_when_it_takes_them_again() {
    String url = TestPostgres.newDatabase();
    EventLogLimits impatient = TestLimits.waits(Duration.ofSeconds(5), Duration.ofMillis(200));
    try (EventDatabase database = TestLog.open(url, impatient)) {
      RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
      TestLog.refuseRows(url, "disk full");
      for (int i = 0; i < 30; i++) {
        append(database, vsmmu, i);
      }
      // A reader of the log has the rest from the journal, a follower of the database does not.
      assertThat(database.log().headPosition()).isEqualTo(30);
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(29);
      assertThat(database.shippedLog().headPosition()).isZero();
      assertThat(database.writer().lag().events()).isEqualTo(30);
      assertThat(database.writer().lag().bytes()).isPositive();
      assertThat(database.writer().problem().orElseThrow()).contains("disk full");

      TestLog.acceptRows(url);
      database.writer().awaitShipped(30);
      assertThat(database.log().headPosition()).isEqualTo(30);
      assertThat(database.writer().problem()).isEmpty();
      assertThat(database.writer().lag().events()).isZero();
      assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
    }
  }

  @Test
  void a_journal_that_is_full_holds_appends_and_then_says_so() throws Exception {
    String url = TestPostgres.newDatabase();
    EventLogLimits impatient = TestLimits.waits(Duration.ofMillis(100), Duration.ofMillis(100));
    JournalSettings small =
        new JournalSettings(
            TestPostgres.journal(url),
            new JournalLimits(8192, 4, 1),
            false,
            JournalBoundary.Observer.NONE);
    try (EventDatabase database = EventDatabase.open(url, small, impatient);
        Connection blocker = DriverManager.getConnection(url)) {
      RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
      blocker.setAutoCommit(false);
      blocker.createStatement().execute("LOCK TABLE event IN EXCLUSIVE MODE");
      AtomicInteger written = new AtomicInteger();
      assertThatThrownBy(
              () -> {
                while (written.get() < 1000) {
                  append(database, vsmmu, written.get());
                  written.incrementAndGet();
                }
              })
          .isInstanceOf(LogBusyException.class)
          .hasMessageContaining("4 segments");
      blocker.rollback();
      database.writer().awaitShipped(written.get());
      append(database, vsmmu, written.get());
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(written.get());
    }
  }

  @Test
  void a_journal_whose_files_are_removed_is_written_to_the_database_and_then_lost()
      throws Exception {
    String url = TestPostgres.newDatabase();
    try (EventDatabase database = TestLog.open(url)) {
      RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
      append(database, vsmmu, 0);
      try (Stream<Path> files = Files.list(TestPostgres.journal(url))) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }

      String reason = database.writer().lost().get(20, TimeUnit.SECONDS);

      assertThat(reason).contains("removed", TestPostgres.journal(url).toString());
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(0);
      assertThat(database.writer().running()).isFalse();
      assertThatThrownBy(() -> append(database, vsmmu, 1)).isInstanceOf(EventStoreException.class);
    }
  }

  @Test
  void a_journal_that_cannot_be_synced_is_written_to_the_database_and_then_lost() throws Exception {
    String url = TestPostgres.newDatabase();
    AtomicBoolean fails = new AtomicBoolean();
    JournalSettings failing =
        new JournalSettings(
            TestPostgres.journal(url),
            JournalLimits.DEFAULTS,
            false,
            boundary -> {
              if (boundary == JournalBoundary.SYNCING && fails.get()) {
                throw new PosixException("fdatasync", Errno.EIO);
              }
            });
    RegisteredVsmmu vsmmu;
    long last;
    try (EventDatabase database = EventDatabase.open(url, failing, EventLogLimits.DEFAULTS)) {
      vsmmu = ConcurrentLogTest.register(database);
      fails.set(true);
      append(database, vsmmu, 0);
      List<NewEvent> synced = TestLog.events(1, 1, 200);
      assertThatThrownBy(
              () -> database.writer().append(vsmmu.id(), synced, AppendDurability.SYNCED))
          .isInstanceOf(EventStoreException.class)
          .hasMessageContaining("EIO");

      String reason = database.writer().lost().get(20, TimeUnit.SECONDS);

      assertThat(reason).contains("cannot be synced", "EIO");
      // The second one may have found the journal failed already, by the sync of the shipper.
      last = database.shippedLog().lastSequence(vsmmu.id()).orElse(-1);
      assertThat(last).isBetween(0L, 1L);
    }
    try (EventDatabase database = TestLog.open(url)) {
      append(database, vsmmu, last + 1);
      assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
    }
  }

  private static void append(EventDatabase database, RegisteredVsmmu vsmmu, long sequence) {
    List<NewEvent> one = TestLog.events(sequence, 1, 200);
    database.writer().append(vsmmu.id(), one, AppendDurability.JOURNALED);
  }

  @Test
  void a_reopened_log_continues_where_it_ended() {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (EventDatabase database = TestLog.open(url)) {
      vsmmu = ConcurrentLogTest.register(database);
      BulkAppender bulk = database.writer().bulk(vsmmu.id());
      TestLog.events(0, 3000, 10).forEach(bulk::add);
      bulk.finish();
    }
    try (EventDatabase database = TestLog.open(url)) {
      Appended appended =
          database
              .writer()
              .append(vsmmu.id(), TestLog.events(3000, 2, 10), AppendDurability.SYNCED);
      assertThat(appended.firstPosition()).isEqualTo(3001);
      assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
    }
  }
}
