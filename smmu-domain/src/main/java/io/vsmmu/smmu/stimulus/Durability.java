package io.vsmmu.smmu.stimulus;

/** How far the log of invalidations may lag behind their execution. */
public enum Durability {
  /** Every event is committed before the guest sees its effect. */
  COMMITTED,
  /**
   * Invalidations are executed before they are committed. Those of the last moments are lost if the
   * service or the database's host crashes, and so is a bounded number while the database is
   * unavailable.
   */
  BOUNDED_LOSS
}
