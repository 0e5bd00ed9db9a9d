package io.vsmmu.db.log;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A registered vSMMU.
 *
 * @param id number that stands for it in every event, from 1
 * @param aggregateId identifier of its aggregate
 * @param name unique among the vSMMUs that are not deleted
 * @param originMicros zero point of its event times, microseconds since 1970-01-01T00:00Z
 * @param createdAt when it was registered here
 * @param arrival how its log came here
 * @param deletedAt when it was deleted, null while it lives
 */
public record Vsmmu(
    int id,
    UUID aggregateId,
    String name,
    long originMicros,
    Instant createdAt,
    Arrival arrival,
    @Nullable Instant deletedAt) {

  /** How a log came here. The order is that of the numbers in the database. */
  public enum Arrival {
    /** It began here. */
    CREATED,
    /** An import that is not at its end. */
    ARRIVING,
    /** It came whole, or as the part that its last event tells of. */
    IMPORTED
  }
}
