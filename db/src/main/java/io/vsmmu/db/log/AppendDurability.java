package io.vsmmu.db.log;

/** When an append is acknowledged, and so what an acknowledged event survives. */
public enum AppendDurability {
  /** Once it is on the journal's storage device: it survives the end of the machine. */
  SYNCED,
  /**
   * Once it is in the page cache of the journal's file: it survives the end of every process, by
   * whatever signal. If the machine loses its power the newest events may be lost, never events in
   * the middle of the log.
   */
  JOURNALED
}
