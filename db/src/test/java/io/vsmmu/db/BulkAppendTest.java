package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.ChainVerdict.Intact;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.write.BulkAppender;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.modelling.command.AggregateStreamCreationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class BulkAppendTest {

  private static EventDatabase database;

  @BeforeAll
  static void open() {
    database = TestLog.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void imports_and_guests_share_one_order_of_positions_without_holes() throws Exception {
    // given
    long before = database.log().headPosition();
    RegisteredVsmmu one = ConcurrentLogTest.register(database);
    RegisteredVsmmu other = ConcurrentLogTest.register(database);
    RegisteredVsmmu guest = ConcurrentLogTest.register(database);
    int imported = 3 * EventLogLimits.BULK_EVENTS + 17;

    // when
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      List<Future<Void>> all =
          List.of(
              threads.submit(bulk(one, imported)),
              threads.submit(bulk(other, imported)),
              threads.submit(single(guest, 400)));
      for (Future<Void> each : all) {
        each.get();
      }
    }

    // then
    List<StoredEvent> stored = new ArrayList<>();
    for (RegisteredVsmmu vsmmu : List.of(one, other, guest)) {
      database.log().read(vsmmu.id(), 0, Long.MAX_VALUE, stored::add);
      assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
    }
    assertThat(stored.stream().map(StoredEvent::position).sorted().toList())
        .isEqualTo(
            LongStream.rangeClosed(before + 1, before + 2L * imported + 400).boxed().toList());
  }

  private static Callable<Void> bulk(RegisteredVsmmu vsmmu, int count) {
    return () -> {
      BulkAppender bulk = database.writer().bulk(vsmmu.id());
      Random sizes = new Random(vsmmu.id());
      for (int i = 0; i < count; i++) {
        bulk.add(TestLog.event(i, new byte[sizes.nextInt(300)]));
      }
      bulk.finish();
      assertThat(bulk.events()).isEqualTo(count);
      return null;
    };
  }

  private static Callable<Void> single(RegisteredVsmmu vsmmu, int count) {
    return () -> {
      for (int i = 0; i < count; i++) {
        List<NewEvent> event = TestLog.events(i, 1, 100);
        database.writer().append(vsmmu.id(), event, AppendDurability.JOURNALED);
      }
      return null;
    };
  }

  @Test
  void large_events_are_appended_before_a_chunk_is_full() {
    RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
    long before = database.writer().counters().appends();
    BulkAppender bulk = database.writer().bulk(vsmmu.id());

    for (int i = 0; i < 5; i++) {
      bulk.add(TestLog.event(i, new byte[EventLogLimits.BULK_CHUNK_BYTES / 2]));
    }
    bulk.finish();

    assertThat(database.writer().counters().appends() - before).isEqualTo(3);
    assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
  }

  @Test
  void a_log_that_already_has_events_is_continued() {
    RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
    database.writer().append(vsmmu.id(), TestLog.events(0, 3, 10), AppendDurability.SYNCED);

    BulkAppender bulk = database.writer().bulk(vsmmu.id());
    TestLog.events(3, 2000, 10).forEach(bulk::add);
    bulk.finish();
    database.writer().append(vsmmu.id(), TestLog.events(2003, 1, 10), AppendDurability.SYNCED);

    assertThat(database.log().lastSequence(vsmmu.id())).hasValue(2003);
    assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
  }

  @Test
  void an_event_that_does_not_follow_is_refused_and_nothing_of_its_chunk_is_appended() {
    RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
    BulkAppender bulk = database.writer().bulk(vsmmu.id());
    bulk.add(TestLog.event(0, (byte) 1));

    assertThatThrownBy(() -> bulk.add(TestLog.event(2, (byte) 1)))
        .isInstanceOf(EventStoreException.class)
        .hasMessageContaining("hole");
    assertThatThrownBy(
            () -> bulk.add(TestLog.event(1, new byte[EventLogLimits.DEFAULTS.payloadBytes() + 1])))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(database.log().lastSequence(vsmmu.id())).isEmpty();
  }

  @Test
  void a_chunk_is_refused_if_the_vsmmu_was_written_meanwhile() {
    RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
    BulkAppender bulk = database.writer().bulk(vsmmu.id());
    bulk.add(TestLog.event(0, (byte) 1));
    bulk.add(TestLog.event(1, (byte) 1));
    database.writer().append(vsmmu.id(), TestLog.events(0, 1, 10), AppendDurability.SYNCED);

    assertThatThrownBy(bulk::finish).isInstanceOf(AggregateStreamCreationException.class);
    assertThat(database.log().lastSequence(vsmmu.id())).hasValue(0);
    assertThat(database.verifier().verify(vsmmu.id())).isInstanceOf(Intact.class);
  }
}
