package io.vsmmu.host.uapi;

/**
 * I/O virtual addresses in a row.
 *
 * @param start first address
 * @param last last address, inclusive, unsigned
 */
public record IovaRange(long start, long last) {}
