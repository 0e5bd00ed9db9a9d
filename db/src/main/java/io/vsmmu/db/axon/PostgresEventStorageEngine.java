package io.vsmmu.db.axon;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.Snapshots.StoredSnapshot;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.log.VsmmuRegistry;
import io.vsmmu.db.write.AppendRow;
import io.vsmmu.db.write.LogWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventhandling.TrackingToken;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.EventStorageEngine;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Implements Axon's event storage engine on the event log. Aggregate identifiers are the UUIDs of
 * registered vSMMUs; of a message's meta data only {@link MetaDataKeys} are kept. Streams are read
 * page by page without a connection in between, so that a stream that is not read to its end
 * occupies no resource. Thread-safe.
 */
public final class PostgresEventStorageEngine implements EventStorageEngine {

  private final LogWriter writer;
  private final EventLog log;
  private final Snapshots snapshots;
  private final PayloadCodec codec;
  private final EventLogLimits limits;
  private final AggregateIds aggregates;
  private final EventMessages messages;
  private final String aggregateType;

  /**
   * Makes an engine; see {@link io.vsmmu.db.EventDatabase#storageEngine}.
   *
   * @param aggregateType name of the aggregate type that messages carry
   */
  public PostgresEventStorageEngine(
      LogWriter writer,
      EventLog log,
      VsmmuRegistry registry,
      Snapshots snapshots,
      PayloadCodec codec,
      String aggregateType,
      EventLogLimits limits) {
    this.writer = writer;
    this.log = log;
    this.snapshots = snapshots;
    this.codec = codec;
    this.limits = limits;
    this.aggregateType = aggregateType;
    this.aggregates = new AggregateIds(registry, limits.streamHeads());
    this.messages = new EventMessages(codec, aggregateType);
  }

  /**
   * Appends events, all or none. The append is {@link AppendDurability#SYNCED} unless every event
   * asks for less in its meta data.
   *
   * @throws EventStoreException if an event is of no registered vSMMU, or the append failed
   * @throws org.axonframework.modelling.command.ConcurrencyException if a sequence exists already
   */
  @Override
  public void appendEvents(List<? extends EventMessage<?>> events) {
    if (events.isEmpty()) {
      return;
    }
    List<AppendRow> rows = new ArrayList<>(events.size());
    boolean synced = false;
    for (EventMessage<?> event : events) {
      if (!(event instanceof DomainEventMessage<?> domainEvent)) {
        throw new EventStoreException("Not an event of an aggregate: " + event.getPayloadType());
      }
      rows.add(new AppendRow(registered(domainEvent), messages.toNewEvent(domainEvent)));
      synced |= EventMessages.durability(event) == AppendDurability.SYNCED;
    }
    writer.append(rows, synced ? AppendDurability.SYNCED : AppendDurability.JOURNALED);
  }

  @Override
  public void storeSnapshot(DomainEventMessage<?> snapshot) {
    Object payload = snapshot.getPayload();
    snapshots.store(
        registered(snapshot),
        new StoredSnapshot(
            snapshot.getSequenceNumber(), codec.typeOf(payload), codec.encode(payload)));
  }

  @Override
  public Optional<DomainEventMessage<?>> readSnapshot(String aggregateIdentifier) {
    return idOf(aggregateIdentifier)
        .flatMap(id -> snapshots.latestAtOrBefore(id, Long.MAX_VALUE))
        .map(
            snapshot ->
                new GenericDomainEventMessage<>(
                    aggregateType,
                    aggregateIdentifier,
                    snapshot.sequence(),
                    codec.decode(snapshot.type(), snapshot.payload())));
  }

  @Override
  public DomainEventStream readEvents(String aggregateIdentifier, long firstSequenceNumber) {
    Optional<Integer> id = idOf(aggregateIdentifier);
    if (id.isEmpty()) {
      return DomainEventStream.empty();
    }
    int vsmmuId = id.get();
    UUID aggregateId = UUID.fromString(aggregateIdentifier);
    PagedEvents pages =
        new PagedEvents(
            last ->
                log.readPage(
                    vsmmuId,
                    last == null ? firstSequenceNumber : last.sequence() + 1,
                    limits.pageRows()),
            limits.pageRows());
    return DomainEventStream.of(
        pages.stream().map(event -> messages.toDomainEvent(aggregateId, event)),
        () -> lastSequenceOf(pages));
  }

  /**
   * Does not block at the end of the log even if {@code mayBlock}, as the interface allows; Axon's
   * event store waits for new events by itself.
   */
  @Override
  public Stream<? extends TrackedEventMessage<?>> readEvents(
      @Nullable TrackingToken trackingToken, boolean mayBlock) {
    long start = position(trackingToken);
    PagedEvents pages =
        new PagedEvents(
            last -> log.readAfter(last == null ? start : last.position(), limits.pageRows()),
            limits.pageRows());
    return pages.stream()
        .map(event -> messages.toTrackedEvent(aggregates.aggregateOf(event.vsmmuId()), event));
  }

  @Override
  public Optional<Long> lastSequenceNumberFor(String aggregateIdentifier) {
    return idOf(aggregateIdentifier)
        .flatMap(
            id -> {
              var last = log.lastSequence(id);
              return last.isPresent() ? Optional.of(last.getAsLong()) : Optional.empty();
            });
  }

  @Override
  public TrackingToken createTailToken() {
    return new GlobalSequenceTrackingToken(log.tailPosition() - 1);
  }

  @Override
  public TrackingToken createHeadToken() {
    return new GlobalSequenceTrackingToken(log.headPosition());
  }

  /** The token after which the first event at or after the given time is read. */
  @Override
  public TrackingToken createTokenAt(Instant dateTime) {
    return new GlobalSequenceTrackingToken(log.positionBefore(dateTime));
  }

  private int registered(DomainEventMessage<?> event) {
    String aggregateId = event.getAggregateIdentifier();
    return idOf(aggregateId)
        .orElseThrow(() -> new EventStoreException("vSMMU " + aggregateId + " is not registered"));
  }

  private Optional<Integer> idOf(String aggregateIdentifier) {
    try {
      return aggregates.idOf(UUID.fromString(aggregateIdentifier));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static @Nullable Long lastSequenceOf(PagedEvents pages) {
    StoredEvent last = pages.last();
    return last == null ? null : (Long) last.sequence();
  }

  private static long position(@Nullable TrackingToken token) {
    return switch (token) {
      case null -> 0;
      case GlobalSequenceTrackingToken global -> global.getGlobalIndex();
      default -> throw new IllegalArgumentException("Not a token of this log: " + token);
    };
  }
}
