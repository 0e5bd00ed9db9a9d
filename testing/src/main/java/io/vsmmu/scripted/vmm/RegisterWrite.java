package io.vsmmu.scripted.vmm;

/**
 * A write to BAR0.
 *
 * @param width 1 to 8 bytes
 */
public record RegisterWrite(long offset, int width, long value) {}
