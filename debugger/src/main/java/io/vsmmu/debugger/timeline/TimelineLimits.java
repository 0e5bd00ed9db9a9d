package io.vsmmu.debugger.timeline;

/** The limits of timelines, and what happens when they are reached. */
public final class TimelineLimits {

  /** Buckets of one timeline; a request for more is refused. */
  public static final int BUCKETS = 1000;

  /** Buckets of a timeline if a request gives no number. */
  public static final int DEFAULT_BUCKETS = 100;

  /** StreamIDs whose lives one answer has; those with higher numbers are left out. */
  public static final int STREAMS = 64;

  /**
   * vSMMUs whose newest block is kept in memory between events; that of another one is made again
   * from its events in the log, fewer than {@link EventBlock#EVENTS}.
   */
  static final int OPEN_BLOCKS = 1024;

  /** Blocks whose events are read from the database at once. */
  static final int BLOCKS_AT_ONCE = 128;

  private TimelineLimits() {}
}
