package io.vsmmu.smmu.spec;

/**
 * Whether the guest may have command queues that the physical SMMU reads itself (NVIDIA's Tegra241
 * CMDQV). What a guest puts into one is executed without a trap: no log sees it.
 */
public enum HardwareQueues {
  /** None: every command reaches the log. */
  OFF,
  /** The operator accepts that the log is blind while one is open. */
  ACCEPT_BLIND
}
