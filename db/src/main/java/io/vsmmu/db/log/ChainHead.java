package io.vsmmu.db.log;

/**
 * The end of a vSMMU's hash chain.
 *
 * @param sequence last sequence
 * @param hash its hash, 32 bytes
 */
public record ChainHead(long sequence, byte[] hash) {}
