package io.vsmmu.debugger.trace;

/** The limits of a trace. */
public final class TraceLimits {

  /** The greatest number of streams that have a lane; others share one. */
  public static final int STREAM_LANES = 1024;

  private TraceLimits() {}
}
