package io.vsmmu.smmu.model;

/**
 * The states of a vSMMU's life. ABSENT becomes RUNNING by Create; Pause and Resume switch between
 * RUNNING and PAUSED; Delete ends in DELETED.
 */
public enum Lifecycle {
  /** The log of the vSMMU is empty. */
  ABSENT,
  /** The vSMMU carries out guest accesses. */
  RUNNING,
  /** Guest accesses wait until the vSMMU is resumed. */
  PAUSED,
  /** The vSMMU takes no stimulus any more; its log stays. */
  DELETED
}
