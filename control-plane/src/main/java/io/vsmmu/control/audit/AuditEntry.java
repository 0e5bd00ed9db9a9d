package io.vsmmu.control.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request that changes something.
 *
 * @param id number of the entry, ascending
 * @param subject the authenticated user
 * @param method HTTP method
 * @param path without the query, at most {@link AuditLog#PATH_CHARS} characters
 * @param status HTTP status of the answer; null while the request runs, or when the service ended
 *     before
 * @param vsmmu name of the vSMMU that the request is about; null if it is about none
 * @param detail the body of the request or the reason of its failure, at most {@link
 *     AuditLog#DETAIL_CHARS} characters
 */
public record AuditEntry(
    long id,
    Instant time,
    String subject,
    String method,
    String path,
    @Nullable Integer status,
    @Nullable String vsmmu,
    @Nullable String detail) {}
