package io.vsmmu.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.axon.MetaDataKeys;
import io.vsmmu.db.axon.PayloadCodec;
import io.vsmmu.db.axon.PostgresEventStorageEngine;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.testing.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.GenericEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventsourcing.eventstore.EmbeddedEventStore;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.axonframework.messaging.unitofwork.DefaultUnitOfWork;
import org.axonframework.modelling.command.ConcurrencyException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class AxonEventStoreTest {

  /** Encodes strings only, as type 1. */
  private static final PayloadCodec TEXTS =
      new PayloadCodec() {
        @Override
        public int typeOf(Object payload) {
          return 1;
        }

        @Override
        public byte[] encode(Object payload) {
          return payload.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object decode(int type, byte[] bytes) {
          return new String(bytes, StandardCharsets.UTF_8);
        }
      };

  private EventDatabase database;
  private PostgresEventStorageEngine engine;
  private EmbeddedEventStore store;
  private String aggregate;

  @BeforeEach
  void open() {
    // Pages of three events: every stream here spans several.
    EventLogLimits limits = TestLimits.sizes(1 << 20, 100, 10, 3);
    database = TestLog.open(TestPostgres.newDatabase(), limits);
    engine = database.storageEngine(TEXTS, "Vsmmu");
    store = EmbeddedEventStore.builder().storageEngine(engine).build();
    RegisteredVsmmu vsmmu = ConcurrentLogTest.register(database);
    aggregate = vsmmu.aggregateId().toString();
  }

  @AfterEach
  void close() {
    store.shutDown();
    database.close();
  }

  @Test
  void events_published_in_a_unit_of_work_are_read_back() {
    publish(event(0, "a"), event(1, "b"));
    publish(event(2, "c", Map.of("cause", 1L, "subject", "admin", "durability", "JOURNALED")));
    publish(event(3, "d"));

    List<DomainEventMessage<?>> read = new ArrayList<>();
    var stream = store.readEvents(aggregate);
    stream.forEachRemaining(read::add);

    assertThat(read)
        .extracting(DomainEventMessage::getPayload)
        .isEqualTo(List.of("a", "b", "c", "d"));
    assertThat(read)
        .extracting(DomainEventMessage::getSequenceNumber)
        .containsExactly(0L, 1L, 2L, 3L);
    assertThat(read).extracting(DomainEventMessage::getType).containsOnly("Vsmmu");
    assertThat(read.get(2).getMetaData())
        .containsEntry(MetaDataKeys.CAUSE, 1L)
        .containsEntry(MetaDataKeys.SUBJECT, "admin")
        .containsEntry(MetaDataKeys.POSITION, 3L)
        .hasSize(3);
    assertThat(stream.getLastSequenceNumber()).isEqualTo(3);
    assertThat(store.lastSequenceNumberFor(aggregate)).contains(3L);
    assertThat(store.lastSequenceNumberFor(UUID.randomUUID().toString())).isEmpty();
    assertThat(store.readEvents(UUID.randomUUID().toString()).hasNext()).isFalse();
    assertThat(store.readEvents("no uuid").hasNext()).isFalse();
  }

  @Test
  void a_taken_sequence_fails_the_unit_of_work_as_a_conflict() {
    publish(event(0, "a"), event(1, "b"));
    assertThatThrownBy(() -> publish(event(1, "other"))).isInstanceOf(ConcurrencyException.class);
    assertThat(engine.lastSequenceNumberFor(aggregate)).contains(1L);
  }

  @Test
  void events_of_strangers_are_refused() {
    assertThatThrownBy(() -> engine.appendEvents(GenericEventMessage.asEventMessage("x")))
        .isInstanceOf(EventStoreException.class);
    assertThatThrownBy(
            () ->
                engine.appendEvents(
                    new GenericDomainEventMessage<>("Vsmmu", UUID.randomUUID().toString(), 0, "x")))
        .isInstanceOf(EventStoreException.class)
        .hasMessageContaining("not registered");
    assertThatThrownBy(() -> engine.appendEvents(event(0, "a", Map.of("cause", "text"))))
        .isInstanceOf(EventStoreException.class)
        .hasMessageContaining("cause");
    assertThat(database.log().headPosition()).isZero();
  }

  @Test
  void a_tracking_stream_follows_the_log() throws Exception {
    for (int i = 0; i < 7; i++) {
      publish(event(i, "e" + i));
    }
    List<Object> seen = new ArrayList<>();
    try (var stream = store.openStream(null)) {
      for (int i = 0; i < 7; i++) {
        TrackedEventMessage<?> event = stream.nextAvailable();
        assertThat(event.trackingToken()).isEqualTo(new GlobalSequenceTrackingToken(i + 1));
        seen.add(event.getPayload());
      }
      publish(event(7, "e7"));
      seen.add(stream.nextAvailable().getPayload());
    }
    assertThat(seen).containsExactly("e0", "e1", "e2", "e3", "e4", "e5", "e6", "e7");
  }

  @Test
  void tokens_mark_tail_head_and_times() {
    assertThat(engine.createTailToken()).isEqualTo(token(0));
    assertThat(engine.createHeadToken()).isEqualTo(token(0));
    List<Instant> times = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Instant time = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(i);
      times.add(time);
      publish(
          new GenericDomainEventMessage<>("Vsmmu", aggregate, i, "x", Map.of(), "id" + i, time));
    }
    assertThat(engine.createTailToken()).isEqualTo(token(0));
    assertThat(engine.createHeadToken()).isEqualTo(token(5));
    assertThat(engine.createTokenAt(times.get(3))).isEqualTo(token(3));
    assertThat(engine.createTokenAt(times.get(3).plusMillis(1))).isEqualTo(token(4));
    assertThat(engine.createTokenAt(Instant.MIN)).isEqualTo(token(0));
    assertThat(engine.createTokenAt(Instant.MAX)).isEqualTo(token(5));
    assertThat(engine.readEvents(token(3), false).map(TrackedEventMessage::trackingToken).toList())
        .isEqualTo(List.of(token(4), token(5)));
  }

  @Test
  void the_newest_snapshot_is_read_and_older_ones_stay() {
    for (int i = 0; i < 5; i++) {
      publish(event(i, "e" + i));
    }
    assertThat(engine.readSnapshot(aggregate)).isEmpty();
    engine.storeSnapshot(event(1, "state1"));
    engine.storeSnapshot(event(3, "state3"));

    DomainEventMessage<?> snapshot = engine.readSnapshot(aggregate).orElseThrow();
    assertThat(snapshot.getPayload()).isEqualTo("state3");
    assertThat(snapshot.getSequenceNumber()).isEqualTo(3);
    // The event store starts from the snapshot and continues with the events after it.
    assertThat(store.readEvents(aggregate).asStream().map(DomainEventMessage::getPayload).toList())
        .isEqualTo(List.of("state3", "e4"));
    int id = database.registry().byAggregateId(UUID.fromString(aggregate)).orElseThrow().id();
    assertThat(database.snapshots().latestAtOrBefore(id, 2).orElseThrow().sequence()).isEqualTo(1);
  }

  private void publish(DomainEventMessage<?>... events) {
    DefaultUnitOfWork.startAndGet(null).execute(() -> store.publish(events));
  }

  private DomainEventMessage<?> event(long sequence, String payload) {
    return event(sequence, payload, Map.of());
  }

  private DomainEventMessage<?> event(long sequence, String payload, Map<String, ?> metaData) {
    return new GenericDomainEventMessage<>("Vsmmu", aggregate, sequence, payload, metaData);
  }

  private static GlobalSequenceTrackingToken token(long position) {
    return new GlobalSequenceTrackingToken(position);
  }
}
