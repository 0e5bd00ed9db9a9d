package io.vsmmu.host.simulated;

/** What became of a device fault. */
public enum FaultDelivery {
  /** It is in the vEVENTQ. */
  QUEUED,
  /** The vEVENTQ was full. */
  LOST,
  /** Nobody listens: no nested HWPT attached with a vDEVICE, or no vEVENTQ. */
  UNREPORTED
}
