package io.vsmmu.db.log;

import org.jspecify.annotations.Nullable;

/**
 * An event read from the log.
 *
 * @param position number in the whole log, from 1 without holes
 * @param vsmmuId the vSMMU's number, {@link RegisteredVsmmu#id()}
 * @param sequence number within its vSMMU, from 0 without holes
 * @param timeMicros microseconds since 1970-01-01T00:00Z
 * @param type number of the payload type, 1 to 32767
 * @param cause sequence of the event of the same vSMMU that caused this one, null if none
 * @param subject name of the API client whose request led to it, null if it follows from the guest
 *     or the service
 * @param payload encoded content; shared, must not be changed
 * @param hash 32 bytes, see {@link HashChain}; shared, must not be changed
 */
public record StoredEvent(
    long position,
    int vsmmuId,
    long sequence,
    long timeMicros,
    int type,
    @Nullable Long cause,
    @Nullable String subject,
    byte[] payload,
    byte[] hash) {}
