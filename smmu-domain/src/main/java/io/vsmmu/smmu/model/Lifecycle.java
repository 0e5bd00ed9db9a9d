package io.vsmmu.smmu.model;

/**
 * The states of a vSMMU's life. ABSENT becomes RUNNING by Create; Pause and Resume switch between
 * RUNNING and PAUSED; Delete ends in DELETED.
 */
public enum Lifecycle {
  /** No event yet. */
  ABSENT,
  /** Takes guest accesses. */
  RUNNING,
  /** Holds guest accesses. */
  PAUSED,
  /** Deleted; the log stays. */
  DELETED
}
