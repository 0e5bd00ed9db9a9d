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
 * @param deletedAt when it was deleted, null while it lives
 */
public record Vsmmu(
    int id,
    UUID aggregateId,
    String name,
    long originMicros,
    Instant createdAt,
    @Nullable Instant deletedAt) {}
