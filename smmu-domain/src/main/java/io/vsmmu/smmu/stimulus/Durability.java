package io.vsmmu.smmu.stimulus;

/**
 * What the events of a vSMMU's invalidations survive before the guest sees them complete.
 * Configuration (STEs, CR0, GBPA, devices, host outcomes and every failure) is on the storage
 * device before the host hears of it, whatever the durability.
 */
public enum Durability {
  /** They survive the end of the machine: they are on the storage device. */
  COMMITTED,
  /**
   * They survive the end of every process. If the machine loses its power, those of the last
   * moments may be lost, and with them the guests whose invalidations they were.
   */
  JOURNALED,
  /**
   * The name of {@link #JOURNALED} in older logs, when the invalidations of the last moments could
   * also be lost with the process.
   */
  BOUNDED_LOSS
}
