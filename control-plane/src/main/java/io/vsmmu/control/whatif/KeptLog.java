package io.vsmmu.control.whatif;

import io.vsmmu.control.recording.ImportRollback;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.request.RequestRefusedException.Kind;
import io.vsmmu.control.request.VsmmuNames;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.AlreadyRegisteredException;
import io.vsmmu.db.log.HashChain;
import io.vsmmu.db.log.NewEvent;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.RegisteredVsmmu.ImportStatus;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.log.VsmmuRegistry;
import io.vsmmu.db.write.BulkAppender;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.wire.EventCodec;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The log of an outcome that is kept, as that of a new vSMMU. It becomes visible when it is
 * complete; before that, closing it removes it. Not thread-safe.
 */
final class KeptLog implements AutoCloseable {

  private final VsmmuRegistry registry;
  private final RegisteredVsmmu registered;
  private final BulkAppender log;
  private long lastMicros;
  private boolean complete;

  private KeptLog(VsmmuRegistry registry, RegisteredVsmmu registered, BulkAppender log) {
    this.registry = registry;
    this.registered = registered;
    this.log = log;
  }

  /**
   * Registers the vSMMU.
   *
   * @param of whose log begins the new one
   * @throws RequestRefusedException if the name is taken or not allowed
   */
  static KeptLog create(EventDatabase database, RegisteredVsmmu of, String name) {
    checkName(database.registry(), name);
    try {
      RegisteredVsmmu registered =
          database
              .registry()
              .register(name, UUID.randomUUID(), of.originMicros(), ImportStatus.IMPORTING);
      return new KeptLog(database.registry(), registered, database.writer().bulk(registered.id()));
    } catch (AlreadyRegisteredException raced) {
      throw taken(name);
    }
  }

  /**
   * Checks the name of a log that will be kept.
   *
   * @throws RequestRefusedException if it is taken or not allowed
   */
  static void checkName(VsmmuRegistry registry, String name) {
    if (!VsmmuNames.allows(name)) {
      throw new RequestRefusedException(Kind.INVALID, "keep", name, VsmmuNames.ALLOWED_TEXT);
    }
    if (registry.byName(name).isPresent()) {
      throw taken(name);
    }
  }

  private static RequestRefusedException taken(String name) {
    return new RequestRefusedException(
        Kind.CONFLICT, "keep", name, "a name that no vSMMU has (GET /api/v1/vsmmus)");
  }

  /** Copies an event of the past. */
  void copy(StoredEvent event) {
    lastMicros = Math.max(lastMicros, event.timeMicros());
    NewEvent copy =
        new NewEvent(
            event.sequence(),
            event.timeMicros(),
            event.type(),
            event.cause(),
            event.subject(),
            event.payload());
    if (event.type() == HashChain.PART_IMPORTED) {
      log.begin(copy, event.hash());
    } else {
      log.add(copy);
    }
  }

  /** Adds an event of the outcome. */
  void add(long sequence, long timeMicros, OptionalLong cause, VsmmuEvent event) {
    log.add(
        new NewEvent(
            sequence,
            timeMicros,
            EventCodec.typeOf(event),
            cause.isPresent() ? (Long) cause.getAsLong() : null,
            null,
            EventCodec.encode(event)));
  }

  /** Time of the last event that was copied, in microseconds since 1970; 0 if there is none. */
  long lastMicros() {
    return lastMicros;
  }

  /** Makes the vSMMU visible. */
  void complete() {
    log.finish();
    registry.markImported(List.of(registered.id()));
    complete = true;
  }

  @Override
  public void close() {
    if (!complete) {
      ImportRollback.of(registry, List.of(registered.id()));
    }
  }
}
