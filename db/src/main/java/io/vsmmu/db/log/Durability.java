package io.vsmmu.db.log;

/** What an acknowledged append promises. */
public enum Durability {
  /** Flushed to disk before the append is acknowledged. */
  COMMITTED,
  /**
   * Acknowledged once PostgreSQL has it in memory (synchronous_commit off): a crash of the server
   * may lose the newest events, up to three times wal_writer_delay (0.6 s by default), never events
   * in the middle.
   */
  BOUNDED_LOSS
}
