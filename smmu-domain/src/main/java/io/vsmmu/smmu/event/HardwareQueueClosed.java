package io.vsmmu.smmu.event;

/**
 * A hardware queue ended with something that it needs.
 *
 * @param index which of the vSMMU's, from 0
 * @param handle its logical handle
 */
public record HardwareQueueClosed(int index, long handle, Reason reason) implements Consequence {

  /** What ended it. */
  public enum Reason {
    /** The SMMU was reset. */
    RESET,
    /** The last device went. */
    NO_DEVICE,
    /** The VMM took back the memory that it lies in, or went away. */
    NO_MEMORY,
    /** The host did not allocate it: there never was one, or none after a restart. */
    HOST_REFUSED
  }
}
