package io.vsmmu.db.write;

import java.time.Duration;

/**
 * How far the database is behind what was acknowledged.
 *
 * @param events acknowledged events that the database lacks
 * @param bytes of the journal that they occupy
 * @param time since when the database lacks the oldest of them; zero if it lacks none
 */
public record LogLag(long events, long bytes, Duration time) {}
