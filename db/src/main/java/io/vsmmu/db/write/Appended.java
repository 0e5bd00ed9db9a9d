package io.vsmmu.db.write;

/**
 * Outcome of an acknowledged append. Its events have consecutive positions.
 *
 * @param firstPosition position of its first event
 * @param lastPosition position of its last event
 * @param lastHash hash of its last event, 32 bytes
 */
public record Appended(long firstPosition, long lastPosition, byte[] lastHash) {}
