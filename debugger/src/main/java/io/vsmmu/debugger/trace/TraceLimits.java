package io.vsmmu.debugger.trace;

/** The limits of a trace. */
public final class TraceLimits {

  /** The greatest number of streams that have a lane; others share one. */
  public static final int STREAM_LANES = 1024;

  /**
   * Events whose positions are remembered for the events that they caused; the log is asked for
   * that of an earlier one.
   */
  static final int RECENT_EVENTS = 1024;

  private TraceLimits() {}
}
