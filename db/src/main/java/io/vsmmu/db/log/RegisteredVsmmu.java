package io.vsmmu.db.log;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of the registry of vSMMUs.
 *
 * @param id number that represents the vSMMU in every event, from 1
 * @param aggregateId identifier of its Axon aggregate
 * @param name unique among the vSMMUs that are not deleted
 * @param originMicros zero point of the event times that the hash chain covers, in microseconds
 *     since 1970-01-01T00:00Z
 * @param createdAt when it was registered in this database
 * @param importStatus whether its log was written here or imported
 * @param deletedAt when it was deleted, null if it is not deleted
 */
public record RegisteredVsmmu(
    int id,
    UUID aggregateId,
    String name,
    long originMicros,
    Instant createdAt,
    ImportStatus importStatus,
    @Nullable Instant deletedAt) {

  /**
   * Whether a log was written by this service or imported. The ordinals are the values of the
   * column {@code vsmmu.arrival}, so the order must not change.
   */
  public enum ImportStatus {
    /** The vSMMU was created by this service; only such a one takes stimuli. */
    CREATED_HERE,
    /** An import is under way, or was interrupted and has not been discarded yet. */
    IMPORTING,
    /** The import is complete; its last event says whether the recording itself was. */
    IMPORTED
  }
}
