package io.vsmmu.smmu.model;

/** The life of a vSMMU. */
public enum Lifecycle {
  /** No event yet. */
  ABSENT,
  /** Takes guest accesses. */
  RUNNING,
  /** Holds guest accesses. */
  PAUSED,
  /** Gone; the log stays. */
  DELETED
}
