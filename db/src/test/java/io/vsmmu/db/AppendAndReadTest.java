package io.vsmmu.db;

import static io.vsmmu.db.TestLog.event;
import static io.vsmmu.db.TestLog.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.write.Appended;
import io.vsmmu.db.write.BulkAppender;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.modelling.command.AggregateStreamCreationException;
import org.axonframework.modelling.command.ConcurrencyException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class AppendAndReadTest {

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
  void an_event_is_read_back_as_it_was_appended() throws Exception {
    RegisteredVsmmu vsmmu = register();
    NewEvent plain = event(0, (byte) 1);
    NewEvent full = new NewEvent(1, TestLog.ORIGIN + 5, 32767, 0L, "opérateur", new byte[70_000]);

    Appended appended = append(vsmmu, plain, full);

    List<StoredEvent> paged = database.log().readPage(vsmmu.id(), 0, 10);
    List<StoredEvent> streamed = new ArrayList<>();
    database.log().read(vsmmu.id(), 0, Long.MAX_VALUE, streamed::add);
    assertThat(streamed).usingRecursiveComparison().isEqualTo(paged);
    assertThat(paged.getLast())
        .usingRecursiveComparison()
        .isEqualTo(
            new StoredEvent(
                appended.lastPosition(),
                vsmmu.id(),
                1,
                TestLog.ORIGIN + 5,
                32767,
                0L,
                "opérateur",
                new byte[70_000],
                appended.lastHash()));
    assertThat(paged.getFirst().subject()).isNull();
    assertThat(paged.getFirst().cause()).isNull();
    assertThat(database.log().find(appended.firstPosition()))
        .get()
        .usingRecursiveComparison()
        .isEqualTo(paged.getFirst());
  }

  @Test
  void one_row_many_rows_and_copy_store_the_same() throws Exception {
    List<byte[]> heads = new ArrayList<>();
    for (int way = 0; way < 3; way++) {
      RegisteredVsmmu vsmmu = register();
      List<NewEvent> events = new ArrayList<>(events(0, 20, 100));
      events.add(new NewEvent(20, 3, 9, 4L, "admin", new byte[100_000]));
      switch (way) {
        case 0 -> events.forEach(e -> append(vsmmu, e));
        case 1 -> append(vsmmu, events.toArray(NewEvent[]::new));
        default -> bulk(vsmmu, events);
      }
      List<StoredEvent> stored = database.log().readPage(vsmmu.id(), 0, 100);
      assertThat(stored).hasSize(21);
      for (int i = 0; i < stored.size(); i++) {
        assertThat(stored.get(i).payload()).isEqualTo(events.get(i).payload());
        assertThat(stored.get(i).cause()).isEqualTo(events.get(i).cause());
        assertThat(stored.get(i).subject()).isEqualTo(events.get(i).subject());
        assertThat(stored.get(i).timeMicros()).isEqualTo(events.get(i).timeMicros());
      }
      heads.add(stored.getLast().hash());
    }
    assertThat(heads.get(1)).isEqualTo(heads.get(0));
    assertThat(heads.get(2)).isEqualTo(heads.get(0));
  }

  @Test
  void a_taken_sequence_is_refused_and_its_neighbours_are_written() throws Exception {
    RegisteredVsmmu a = register();
    RegisteredVsmmu b = register();
    append(a, event(0), event(1));

    for (int i = 0; i < 50; i++) {
      append(b, event(i));
      assertThatThrownBy(() -> append(a, event(1))).isInstanceOf(ConcurrencyException.class);
    }

    assertThat(database.log().lastSequence(a.id())).hasValue(1);
    assertThat(database.log().lastSequence(b.id())).hasValue(49);
  }

  @Test
  void refusals_say_what_is_wrong() {
    RegisteredVsmmu vsmmu = register();
    append(vsmmu, event(0));
    assertThatThrownBy(() -> append(vsmmu, event(0)))
        .isInstanceOf(AggregateStreamCreationException.class);
    assertThatThrownBy(() -> append(vsmmu, event(5)))
        .isInstanceOf(EventStoreException.class)
        .hasMessageContaining("hole");
    assertThatThrownBy(() -> append(vsmmu, event(1), event(3)))
        .isInstanceOf(EventStoreException.class);
    assertThatThrownBy(
            () -> database.writer().append(987_654, List.of(event(0)), AppendDurability.SYNCED))
        .isInstanceOf(EventStoreException.class)
        .hasMessageContaining("987654");
    assertThat(database.log().lastSequence(vsmmu.id())).hasValue(0);
  }

  @Test
  void an_append_beyond_a_limit_is_refused_at_the_door() {
    RegisteredVsmmu vsmmu = register();
    var writer = database.writer();
    NewEvent large = event(0, new byte[EventLogLimits.DEFAULTS.payloadBytes() + 1]);
    NewEvent wordy =
        new NewEvent(
            0, 0, 1, null, "x".repeat(EventLogLimits.DEFAULTS.subjectChars() + 1), new byte[0]);
    NewEvent nul = new NewEvent(0, 0, 1, null, "a\0b", new byte[0]);
    for (List<NewEvent> refused :
        List.of(List.of(large), List.of(wordy), List.of(nul), List.<NewEvent>of())) {
      assertThatThrownBy(() -> writer.append(vsmmu.id(), refused, AppendDurability.SYNCED))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(database.log().lastSequence(vsmmu.id())).isEmpty();
  }

  @Test
  void positions_and_times_lead_to_sequences() throws Exception {
    RegisteredVsmmu a = register();
    RegisteredVsmmu b = register();
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      positions.add(append(a, event(i)).lastPosition());
      append(b, event(2L * i), event(2L * i + 1));
    }
    for (int i = 0; i < 40; i++) {
      long position = positions.get(i);
      assertThat(database.log().positionOf(a.id(), i)).hasValue(position);
      assertThat(database.log().sequenceAtPosition(a.id(), position)).hasValue(i);
      assertThat(database.log().sequenceAtPosition(a.id(), position + 1)).hasValue(i);
      Instant time = Instant.EPOCH.plus(TestLog.ORIGIN + i * 1000L, ChronoUnit.MICROS);
      assertThat(database.log().sequenceAtTime(a.id(), time)).hasValue(i);
      assertThat(database.log().sequenceAtTime(a.id(), time.plusNanos(999_000))).hasValue(i);
    }
    assertThat(database.log().sequenceAtPosition(a.id(), positions.getFirst() - 1)).isEmpty();
    assertThat(database.log().sequenceAtTime(a.id(), Instant.EPOCH)).isEmpty();
  }

  @Test
  void a_visitor_can_stop_a_stream_and_the_connection_stays_usable() {
    RegisteredVsmmu vsmmu = register();
    bulk(vsmmu, events(0, 5000, 200));
    for (int round = 0; round < 30; round++) {
      List<StoredEvent> seen = new ArrayList<>();
      boolean finished =
          database
              .log()
              .readWhile(
                  vsmmu.id(),
                  10,
                  4000,
                  event -> {
                    seen.add(event);
                    return seen.size() < 3;
                  });
      assertThat(finished).isFalse();
      assertThat(seen).extracting(StoredEvent::sequence).containsExactly(10L, 11L, 12L);
    }
    assertThat(database.log().lastSequence(vsmmu.id())).hasValue(4999);
  }

  @Test
  void a_follower_is_woken_by_the_append() throws Exception {
    RegisteredVsmmu vsmmu = register();
    long head = database.log().headPosition();
    assertThat(database.log().awaitBeyond(head, Duration.ofMillis(20))).isFalse();
    CompletableFuture<Boolean> woken =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return database.log().awaitBeyond(head, Duration.ofSeconds(20));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    append(vsmmu, event(0));
    assertThat(woken.get()).isTrue();
  }

  static RegisteredVsmmu register() {
    UUID id = UUID.randomUUID();
    return database.registry().register("v-" + id, id, TestLog.ORIGIN);
  }

  private static void bulk(RegisteredVsmmu vsmmu, List<NewEvent> events) {
    BulkAppender bulk = database.writer().bulk(vsmmu.id());
    events.forEach(bulk::add);
    bulk.finish();
  }

  private static Appended append(RegisteredVsmmu vsmmu, NewEvent... events) {
    return database.writer().append(vsmmu.id(), List.of(events), AppendDurability.SYNCED);
  }
}
