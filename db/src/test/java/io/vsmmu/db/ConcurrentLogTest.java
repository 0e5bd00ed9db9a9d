package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.ChainVerdict;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.write.WriterCounters;
import io.vsmmu.testing.TestPostgres;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class ConcurrentLogTest {

  private static final int APPENDERS = 16;
  private static final int APPENDS = 300;

  /** Small enough that the appends cross partitions and drop stream heads from the cache. */
  private static final EventLogLimits SMALL = TestLimits.sizes(1000, 100, 5, 64);

  @Test
  void followers_see_every_position_once_and_in_order_while_sixteen_threads_append()
      throws Exception {
    try (EventDatabase database = TestLog.open(TestPostgres.newDatabase(), SMALL);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      long total = APPENDERS * APPENDS * 2L;
      List<Future<List<StoredEvent>>> followers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        followers.add(threads.submit(() -> follow(database, total)));
      }
      List<RegisteredVsmmu> vsmmus = new ArrayList<>();
      List<Future<Void>> appenders = new ArrayList<>();
      for (int i = 0; i < APPENDERS; i++) {
        RegisteredVsmmu vsmmu = register(database);
        vsmmus.add(vsmmu);
        appenders.add(threads.submit(appender(database, vsmmu)));
      }
      for (Future<Void> appender : appenders) {
        appender.get();
      }
      for (Future<List<StoredEvent>> follower : followers) {
        List<StoredEvent> seen = follower.get();
        for (int i = 0; i < total; i++) {
          assertThat(seen.get(i).position()).isEqualTo(i + 1);
        }
      }
      assertThat(database.log().headPosition()).isEqualTo(total);
      for (RegisteredVsmmu vsmmu : vsmmus) {
        assertThat(database.verifier().verify(vsmmu.id()))
            .isInstanceOfSatisfying(
                ChainVerdict.Intact.class,
                intact -> assertThat(intact.events()).isEqualTo(APPENDS * 2L));
      }
      WriterCounters counters = database.writer().counters();
      assertThat(counters.appends()).isEqualTo(APPENDERS * APPENDS);
      assertThat(counters.events()).isEqualTo(total);
      // The shipper gathers what sixteen callers append.
      assertThat(counters.statements()).isLessThan(counters.appends() / 3);
      System.out.println("16 appenders: " + counters);
    }
  }

  @Test
  void each_batch_is_one_transaction_of_the_server() throws Exception {
    String url = TestPostgres.newDatabase();
    try (EventDatabase database = TestLog.open(url)) {
      RegisteredVsmmu vsmmu = register(database);
      for (int i = 0; i < 2000; i++) {
        List<NewEvent> one = List.of(TestLog.event(i, (byte) i));
        database.writer().append(vsmmu.id(), one, AppendDurability.JOURNALED);
      }
      database.writer().awaitShipped(2000);
      long transactions = 0;
      try (var connection = java.sql.DriverManager.getConnection(url);
          var rows =
              connection
                  .createStatement()
                  .executeQuery("SELECT count(DISTINCT xmin::text) FROM event")) {
        rows.next();
        transactions = rows.getLong(1);
      }
      assertThat(transactions).isEqualTo(database.writer().counters().statements());
      assertThat(transactions).isLessThan(400);
    }
  }

  private static Callable<Void> appender(EventDatabase database, RegisteredVsmmu vsmmu) {
    return () -> {
      for (int i = 0; i < APPENDS; i++) {
        var events = TestLog.events(2L * i, 2, 64);
        AppendDurability durability =
            i % 3 == 0 ? AppendDurability.JOURNALED : AppendDurability.SYNCED;
        database.writer().append(vsmmu.id(), events, durability);
      }
      return null;
    };
  }

  private static List<StoredEvent> follow(EventDatabase database, long total)
      throws InterruptedException {
    List<StoredEvent> seen = new ArrayList<>();
    long position = 0;
    while (seen.size() < total) {
      assertThat(database.log().awaitBeyond(position, Duration.ofSeconds(30))).isTrue();
      List<StoredEvent> page = database.log().readAfter(position, 50);
      seen.addAll(page);
      position = page.getLast().position();
    }
    return seen;
  }

  static RegisteredVsmmu register(EventDatabase database) {
    UUID id = UUID.randomUUID();
    return database.registry().register("v-" + id, id, TestLog.ORIGIN);
  }
}
