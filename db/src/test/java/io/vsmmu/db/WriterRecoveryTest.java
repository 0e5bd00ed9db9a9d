package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.ChainVerdict.Intact;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.write.Appended;
import io.vsmmu.db.write.LogBusyException;
import io.vsmmu.db.write.LogLockedException;
import io.vsmmu.testing.TestPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
    try (EventDatabase database = EventDatabase.open(url, EventLogLimits.DEFAULTS);
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
        Thread.sleep(15);
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

  /** Every append must succeed, unless the connection is killed again during the retry. */
  private static void appendAll(
      EventDatabase database, RegisteredVsmmu vsmmu, Map<Long, byte[]> acknowledged) {
    for (int i = 0; i < APPENDS; i++) {
      NewEvent event = TestLog.events(i, 1, 200).getFirst();
      Appended appended = null;
      while (appended == null) {
        try {
          appended =
              database
                  .writer()
                  .append(vsmmu.id(), List.of(event), AppendDurability.COMMITTED)
                  .get();
        } catch (Exception e) {
          // Killed twice in a row: the message must say that nothing was written; then a retry is
          // safe.
          assertThat(e).hasMessageContaining("nothing of this was written");
        }
      }
      assertThat(acknowledged.put(appended.lastPosition(), appended.lastHash())).isNull();
    }
  }

  @Test
  void a_second_writer_is_refused_until_the_first_one_ends() {
    String url = TestPostgres.newDatabase();
    EventLogLimits impatient = TestLimits.waits(Duration.ofMillis(200), Duration.ofSeconds(1));
    EventDatabase first = EventDatabase.open(url, impatient);
    assertThatThrownBy(() -> EventDatabase.open(url, impatient))
        .isInstanceOf(LogLockedException.class)
        .hasMessageContaining("Another process");
    first.close();
    EventDatabase.open(url, impatient).close();
  }

  @Test
  void a_row_that_the_server_refuses_fails_alone() throws Exception {
    String url = TestPostgres.newDatabase();
    try (EventDatabase database = EventDatabase.open(url, EventLogLimits.DEFAULTS)) {
      RegisteredVsmmu good = ConcurrentLogTest.register(database);
      RegisteredVsmmu bad = ConcurrentLogTest.register(database);
      TestPostgres.execute(
          url,
          "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
              + " $$BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = '53100'; END$$");
      TestPostgres.execute(
          url,
          "CREATE TRIGGER refuse BEFORE INSERT ON event FOR EACH ROW WHEN (NEW.vsmmu = "
              + bad.id()
              + ") EXECUTE FUNCTION refuse()");
      List<CompletableFuture<Appended>> written = new ArrayList<>();
      List<CompletableFuture<Appended>> refused = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        var writer = database.writer();
        written.add(
            writer.append(good.id(), List.of(TestLog.event(i)), AppendDurability.COMMITTED));
        refused.add(writer.append(bad.id(), List.of(TestLog.event(0)), AppendDurability.COMMITTED));
      }
      for (CompletableFuture<Appended> future : written) {
        future.get();
      }
      for (CompletableFuture<Appended> future : refused) {
        assertThatThrownBy(future::get)
            .hasCauseInstanceOf(EventStoreException.class)
            .hasMessageContaining("disk full");
      }
      // A failed append consumes no position.
      assertThat(database.log().headPosition()).isEqualTo(30);
    }
  }

  @Test
  void a_full_queue_waits_and_then_says_so() throws Exception {
    String url = TestPostgres.newDatabase();
    EventLogLimits small = TestLimits.queue(4, Duration.ofMillis(100));
    try (EventDatabase database = EventDatabase.open(url, small);
        Connection blocker = DriverManager.getConnection(url)) {
      RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
      blocker.setAutoCommit(false);
      blocker.createStatement().execute("LOCK TABLE event IN EXCLUSIVE MODE");
      List<CompletableFuture<Appended>> waiting = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  waiting.add(
                      database
                          .writer()
                          .append(
                              vsmmu.id(), List.of(TestLog.event(i)), AppendDurability.COMMITTED));
                }
              })
          .isInstanceOf(LogBusyException.class);
      blocker.rollback();
      for (CompletableFuture<Appended> future : waiting) {
        future.get();
      }
      assertThat(database.log().lastSequence(vsmmu.id())).hasValue(waiting.size() - 1L);
    }
  }

  @Test
  void a_reopened_log_continues_where_it_ended() {
    String url = TestPostgres.newDatabase();
    RegisteredVsmmu vsmmu;
    try (EventDatabase database = EventDatabase.open(url, EventLogLimits.DEFAULTS)) {
      vsmmu = ConcurrentLogTest.register(database);
      database.writer().appendBulk(vsmmu.id(), TestLog.events(0, 3000, 10)).join();
    }
    try (EventDatabase database = EventDatabase.open(url, EventLogLimits.DEFAULTS)) {
      Appended appended =
          database
              .writer()
              .append(vsmmu.id(), TestLog.events(3000, 2, 10), AppendDurability.COMMITTED)
              .join();
      assertThat(appended.firstPosition()).isEqualTo(3001);
      assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
    }
  }
}
