package io.vsmmu.control.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selects entries; a component that is null does not restrict.
 *
 * @param after only entries with a greater id
 * @param from first time, inclusive
 * @param to last time, inclusive
 */
public record AuditFilter(
    long after,
    @Nullable String subject,
    @Nullable String method,
    @Nullable String vsmmu,
    @Nullable Integer status,
    @Nullable Instant from,
    @Nullable Instant to) {}
