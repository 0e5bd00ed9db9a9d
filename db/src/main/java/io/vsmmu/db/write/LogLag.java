package io.vsmmu.db.write;

import java.time.Duration;

/**
 * How far the database is behind what was acknowledged.
 *
 * @param events acknowledged events that the database lacks
 * @param bytes of the journal that they occupy
 * @param time since when the oldest of them was appended, by the monotonic clock; at most 10 ms, or
 *     a hundredth of the greatest time since the database had everything, too great; zero if the
 *     database lacks none
 */
public record LogLag(long events, long bytes, Duration time) {}
