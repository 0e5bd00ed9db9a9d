package io.vsmmu.rest.intake;

import org.jspecify.annotations.Nullable;

/**
 * An answer that is given again.
 *
 * @param status HTTP status
 * @param body what it said
 */
record StoredAnswer(
    int status,
    @Nullable String contentType,
    @Nullable String location,
    @Nullable String etag,
    byte[] body) {}
