package io.vsmmu.db.write;

/**
 * An acknowledged append. Its events lie one after the other.
 *
 * @param firstPosition position of its first event
 * @param lastPosition position of its last event
 * @param lastHash hash of its last event, 32 bytes
 */
public record Appended(long firstPosition, long lastPosition, byte[] lastHash) {}
