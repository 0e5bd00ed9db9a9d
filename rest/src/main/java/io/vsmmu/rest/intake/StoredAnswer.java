package io.vsmmu.rest.intake;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a request with an Idempotency-Key, as it is stored for repetitions.
 *
 * @param status HTTP status
 * @param body the bytes of its body
 */
record StoredAnswer(
    int status,
    @Nullable String contentType,
    @Nullable String location,
    @Nullable String etag,
    byte[] body) {}
