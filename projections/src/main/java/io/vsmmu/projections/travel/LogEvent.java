package io.vsmmu.projections.travel;

import io.vsmmu.db.log.Micros;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.wire.EventCodec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An event where it lies in the log; its payload is decoded when it is asked for. */
public final class LogEvent {

  private final StoredEvent stored;
  private @Nullable VsmmuEvent decoded;

  public LogEvent(StoredEvent stored) {
    this.stored = stored;
  }

  /** Place in the whole log, from 1. */
  public long position() {
    return stored.position();
  }

  /** The vSMMU's number. */
  public int vsmmu() {
    return stored.vsmmuId();
  }

  /** Number within its vSMMU, from 0. */
  public long sequence() {
    return stored.sequence();
  }

  /** LogPoint it was recorded. */
  public Instant time() {
    return Micros.toInstant(stored.timeMicros());
  }

  /** Number of its type, {@link io.vsmmu.smmu.wire.EventKind#number()}. */
  public int typeNumber() {
    return stored.type();
  }

  /** Name of its type. */
  public String type() {
    return EventCodec.nameOf(stored.type());
  }

  /** Sequence of the event that caused it, null if none. */
  public @Nullable Long cause() {
    return stored.cause();
  }

  /** Who asked for it, null if the guest did. */
  public @Nullable String subject() {
    return stored.subject();
  }

  /** The row of the log. */
  public StoredEvent stored() {
    return stored;
  }

  /**
   * The event itself.
   *
   * @throws io.vsmmu.smmu.wire.MalformedEventException if the payload is damaged
   */
  public VsmmuEvent event() {
    VsmmuEvent event = decoded;
    if (event == null) {
      event = EventCodec.decode(stored.type(), stored.payload());
      decoded = event;
    }
    return event;
  }
}
