package io.vsmmu.smmu.stimulus;

/** How far the log of invalidations may lag behind their execution. */
public enum Durability {
  /** Every event is committed before the guest sees its effect. */
  COMMITTED,
  /** Invalidations may be lost in a crash of the database host, within its flush interval. */
  BOUNDED_LOSS
}
