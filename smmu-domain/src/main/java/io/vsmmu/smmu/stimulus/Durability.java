package io.vsmmu.smmu.stimulus;

/** How far the log of invalidations may lag behind their execution. */
public enum Durability {
  /** Every event is committed before the guest sees its effect. */
  COMMITTED,
  /**
   * Invalidations are written behind: those of the last moments are lost in a crash of the service
   * or of the database's host, and a bounded number while the database is away.
   */
  BOUNDED_LOSS
}
