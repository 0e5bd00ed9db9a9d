package io.vsmmu.control.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One changing request.
 *
 * @param id number, growing
 * @param subject who asked
 * @param method HTTP method
 * @param path without the query, at most {@link AuditLog#PATH_CHARS} characters
 * @param status of the answer; null while it is under way, or when it was interrupted
 * @param vsmmu name of the vSMMU concerned
 * @param detail what was asked or why it failed, at most {@link AuditLog#DETAIL_CHARS} characters
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
