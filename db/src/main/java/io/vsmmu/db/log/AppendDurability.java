package io.vsmmu.db.log;

/** When an append is acknowledged, and so what a crash can take back. */
public enum AppendDurability {
  /** The append is acknowledged after its WAL is flushed to disk: nothing is lost. */
  COMMITTED,
  /**
   * The append is acknowledged once it is in PostgreSQL's memory (synchronous_commit = off). A
   * crash of the server may lose the newest events, those of at most three times wal_writer_delay
   * (0.6 s by default), but never events in the middle of the log.
   */
  BOUNDED_LOSS
}
