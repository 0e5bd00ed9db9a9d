package io.vsmmu.db.axon;

import io.vsmmu.db.log.AppendDurability;
import io.vsmmu.db.log.Micros;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.StoredEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.axonframework.eventhandling.DomainEventMessage;
import org.axonframework.eventhandling.EventMessage;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventhandling.GenericTrackedDomainEventMessage;
import org.axonframework.eventhandling.GlobalSequenceTrackingToken;
import org.axonframework.eventhandling.TrackedEventMessage;
import org.axonframework.eventsourcing.eventstore.EventStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Converts between Axon's event messages and events of the log. A message's identifier is not
 * stored but derived from what identifies the event: {@code <aggregate id>/<sequence>}. Of its meta
 * data only {@link MetaDataKeys} are kept.
 */
final class EventMessages {

  private final PayloadCodec codec;
  private final String aggregateType;

  EventMessages(PayloadCodec codec, String aggregateType) {
    this.codec = codec;
    this.aggregateType = aggregateType;
  }

  NewEvent toNewEvent(DomainEventMessage<?> message) {
    Object payload = message.getPayload();
    return new NewEvent(
        message.getSequenceNumber(),
        Micros.of(message.getTimestamp()),
        codec.typeOf(payload),
        cause(message),
        subject(message),
        codec.encode(payload));
  }

  DomainEventMessage<?> toDomainEvent(UUID aggregateId, StoredEvent event) {
    return new GenericDomainEventMessage<>(
        aggregateType,
        aggregateId.toString(),
        event.sequence(),
        codec.decode(event.type(), event.payload()),
        metaData(event),
        aggregateId + "/" + event.sequence(),
        Micros.toInstant(event.timeMicros()));
  }

  TrackedEventMessage<?> toTrackedEvent(UUID aggregateId, StoredEvent event) {
    return new GenericTrackedDomainEventMessage<>(
        new GlobalSequenceTrackingToken(event.position()), toDomainEvent(aggregateId, event));
  }

  /**
   * The durability that a message asks for in its meta data, {@link AppendDurability#SYNCED} by
   * default.
   *
   * @throws EventStoreException if the value is neither an {@link AppendDurability} nor its name
   */
  static AppendDurability durability(EventMessage<?> message) {
    return switch (message.getMetaData().get(MetaDataKeys.DURABILITY)) {
      case null -> AppendDurability.SYNCED;
      case AppendDurability durability -> durability;
      case String name when name.equals(AppendDurability.JOURNALED.name()) ->
          AppendDurability.JOURNALED;
      case String name when name.equals(AppendDurability.SYNCED.name()) -> AppendDurability.SYNCED;
      case Object other -> throw wrong(MetaDataKeys.DURABILITY, other);
    };
  }

  private static @Nullable Long cause(EventMessage<?> message) {
    return switch (message.getMetaData().get(MetaDataKeys.CAUSE)) {
      case null -> null;
      case Long cause -> cause;
      case Object other -> throw wrong(MetaDataKeys.CAUSE, other);
    };
  }

  private static @Nullable String subject(EventMessage<?> message) {
    return switch (message.getMetaData().get(MetaDataKeys.SUBJECT)) {
      case null -> null;
      case String subject -> subject;
      case Object other -> throw wrong(MetaDataKeys.SUBJECT, other);
    };
  }

  private static EventStoreException wrong(String key, Object value) {
    return new EventStoreException("Meta data '" + key + "' cannot be " + value);
  }

  private static Map<String, Object> metaData(StoredEvent event) {
    Map<String, Object> kept = new HashMap<>();
    kept.put(MetaDataKeys.POSITION, event.position());
    if (event.cause() != null) {
      kept.put(MetaDataKeys.CAUSE, event.cause());
    }
    if (event.subject() != null) {
      kept.put(MetaDataKeys.SUBJECT, event.subject());
    }
    return kept;
  }
}
