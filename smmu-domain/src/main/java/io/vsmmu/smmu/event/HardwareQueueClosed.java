package io.vsmmu.smmu.event;

/**
 * A hardware queue was closed, because something that it needs does not exist any more.
 *
 * @param index the queue's index, from 0
 * @param handle its logical handle
 */
public record HardwareQueueClosed(int index, long handle, Reason reason) implements Consequence {

  public enum Reason {
    RESET,
    /** The last device was detached. */
    NO_DEVICE,
    /** The VMM withdrew the queue's memory, or disconnected. */
    NO_MEMORY,
    /** The host did not allocate the queue, or not again after a restart. */
    HOST_REFUSED
  }
}
