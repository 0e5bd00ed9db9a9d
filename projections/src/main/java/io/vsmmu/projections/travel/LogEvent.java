package io.vsmmu.projections.travel;

import io.vsmmu.db.log.Micros;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.smmu.aggregate.EventMetaData;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.smmu.wire.EventKind;
import io.vsmmu.smmu.wire.MalformedEventException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An event of the log, whose payload is decoded when it is first asked for. Not thread-safe. */
public final class LogEvent {

  private final StoredEvent stored;
  private @Nullable VsmmuEvent decoded;

  public LogEvent(StoredEvent stored) {
    this.stored = stored;
  }

  /** Number in the whole log, from 1. */
  public long position() {
    return stored.position();
  }

  public int vsmmu() {
    return stored.vsmmuId();
  }

  /** Number in the log of its vSMMU, from 0. */
  public long sequence() {
    return stored.sequence();
  }

  /** When it was recorded, in whole microseconds. */
  public Instant time() {
    return Micros.toInstant(stored.timeMicros());
  }

  /** Number of its type, {@link io.vsmmu.smmu.wire.EventKind#number()}. */
  public int typeNumber() {
    return stored.type();
  }

  public String type() {
    return EventCodec.nameOf(stored.type());
  }

  /**
   * Sequence of the event of the same vSMMU that caused it, null if none did. The outcome of a
   * restart of the service is caused by no decision, unless it also ends one that waited for the
   * host, even though it is stored with one.
   */
  public @Nullable Long cause() {
    return ofRestart() && !completes() ? null : stored.cause();
  }

  /**
   * Whether it is the outcome of a restart of the service: what the service did to have its host
   * objects again, which nothing before it in the log asked for.
   */
  public boolean ofRestart() {
    return stored.type() == EventKind.HOST_OUTCOME_REPORTED.number()
        && EventMetaData.RECOVERY.equals(stored.subject());
  }

  /** Whether a command queue waited for this outcome; true too if the payload is damaged. */
  private boolean completes() {
    try {
      return event() instanceof HostOutcomeReported outcome && outcome.completes();
    } catch (DamagedEventException damaged) {
      return true;
    }
  }

  /**
   * Name of the API client whose request led to it, {@link EventMetaData#RECOVERY} for what the
   * service did after a restart, or null if it follows from the guest or the host.
   */
  public @Nullable String subject() {
    return stored.subject();
  }

  public StoredEvent stored() {
    return stored;
  }

  /**
   * The decoded event.
   *
   * @throws DamagedEventException if the payload cannot be decoded
   */
  public VsmmuEvent event() {
    VsmmuEvent event = decoded;
    if (event == null) {
      try {
        event = EventCodec.decode(stored.type(), stored.payload());
      } catch (MalformedEventException malformed) {
        throw DamagedEventException.undecodable(stored, malformed);
      }
      decoded = event;
    }
    return event;
  }
}
