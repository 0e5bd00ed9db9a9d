package io.vsmmu.debugger.cause;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One step between a guest's access and what the guest saw of it.
 *
 * @param position of the event that records the step
 * @param time when it happened, of a call when it began, of a recorded call when it had returned:
 *     as far as that was measured, otherwise when the event was recorded; null if the log does not
 *     record when the step happened
 * @param micros from the time of the chain's first event to that time; null without a time
 * @param tookNanos how long a call of the host took, in nanoseconds; null if it was not measured
 * @param entry index of the command within its slice, null if the step is of no single command
 * @param asked whether the step is of the event, or the command, that was asked for
 * @param text what happened, for people
 */
public record ChainStep(
    Kind kind,
    long position,
    @Nullable Instant time,
    @Nullable Long micros,
    @Nullable Long tookNanos,
    @Nullable Integer entry,
    boolean asked,
    String text) {

  /** What a step is. */
  public enum Kind {
    /** The guest's write of a register; a write of CMDQ_PROD is a doorbell. */
    ACCESS,
    /** What begins without an access of the guest: an operator, the VMM, the host, a recording. */
    STIMULUS,
    /** A command of the slice. */
    COMMAND,
    /** What the vSMMU decided. */
    DECISION,
    /** A call of the service to its host, with the host's answer. */
    HOST_CALL,
    /** A call of the recorded VMM to its own host. */
    RECORDED_CALL,
    /** What the guest can see: a register, a record in a queue, an interrupt. */
    GUEST_SEES
  }
}
