package io.vsmmu.db.seal;

import java.time.Duration;
import java.util.Optional;

/**
 * How far the log is sealed.
 *
 * @param origin name of the log
 * @param size leaves of the tree
 * @param position last position that is sealed
 * @param lagEvents events in the database that are not sealed
 * @param lag time since the oldest of them was seen; zero if there is none
 * @param refusal why nothing is sealed until a person has looked; empty while that is not so
 * @param failure why the last attempt failed, after which another one follows; empty if it did not
 */
public record SealStatus(
    String origin,
    long size,
    long position,
    long lagEvents,
    Duration lag,
    Optional<String> refusal,
    Optional<String> failure) {}
