package io.vsmmu.db.log;

/**
 * The end of a vSMMU's hash chain. Kept outside the database, it proves later that the log was
 * neither cut nor rewritten.
 *
 * @param sequence of the last event; -1 when the chain is empty
 * @param hash of that event, 32 bytes; {@link HashChain#genesis()} when the chain is empty
 */
public record ChainHead(long sequence, byte[] hash) {}
