package io.vsmmu.debugger.timeline;

/**
 * What a timeline counts, besides the commands of the guest, which are counted by opcode. The
 * ordinals are stored: a change of the order raises {@link TimelineProjection#VERSION}.
 */
public enum CountedKind {
  /** Events of the log. */
  EVENTS,
  /** Register writes of the guest, doorbells included. */
  ACCESSES,
  /** Writes of CMDQ_PROD. */
  DOORBELLS,
  /** Calls of the service to its host, as outcomes report them. */
  HOST_CALLS,
  /** Those of {@link #HOST_CALLS} that the host refused. */
  HOST_FAILURES,
  /** Calls that a recorded VMM made to its own host. */
  RECORDED_CALLS,
  /** Event records that the host reported. */
  FAULTS,
  /** Event records and page requests that the host lost. */
  LOST_RECORDS,
  /** Page requests (PRI) of the guest's devices. */
  PAGE_REQUESTS,
  /** Stops of the command queue (CMDQ_CONS.ERR), and global errors raised in GERROR. */
  ERRORS,
  /** Configurations of streams, and devices attached or detached. */
  STREAM_CHANGES,
  /**
   * Events that were recorded while the guest had a hardware queue, whose commands are not in the
   * log.
   */
  BLIND
}
