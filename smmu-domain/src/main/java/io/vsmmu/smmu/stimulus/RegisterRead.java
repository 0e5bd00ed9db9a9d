package io.vsmmu.smmu.stimulus;

/**
 * A register read in a trace.
 *
 * @param offset byte offset within the frame
 * @param width bytes
 * @param value what the recorded VMM answered
 */
public record RegisterRead(int offset, int width, long value) {}
