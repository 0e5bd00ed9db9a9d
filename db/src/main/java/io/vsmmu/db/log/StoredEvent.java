package io.vsmmu.db.log;

import org.jspecify.annotations.Nullable;

/**
 * An event of the log.
 *
 * @param position place in the whole log, from 1 without holes
 * @param vsmmuId the vSMMU's number, {@link Vsmmu#id()}
 * @param sequence number within its vSMMU, from 0 without holes
 * @param timeMicros microseconds since 1970-01-01T00:00Z
 * @param type number of the payload type, 1 to 32767
 * @param cause sequence of the event of the same vSMMU that caused this one, null if none
 * @param subject who asked for it, null if the guest did
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
