package io.vsmmu.debugger.find;

import io.vsmmu.projections.travel.TimeTravel;

/** The limits of a search. */
public final class FindLimits {

  /** Most hits of one answer; further ones are counted. */
  public static final int HITS = 1000;

  /** Hits of an answer if the request does not say how many. */
  public static final int DEFAULT_HITS = 100;

  /** Most intervals in which an answer counts the hits. */
  public static final int BUCKETS = 1000;

  /**
   * Most threads that read the log for searches, over all searches. Each holds a connection of the
   * readers' pool, and at times a second one.
   */
  public static final int THREADS = 4;

  /** Parts of a log that are read or wait to be read, for one search and one thread. */
  static final int PARTS_AHEAD = 2;

  /** Events of the first part that a search reads, so that an early hit is found early. */
  static final int FIRST_PART = TimeTravel.SNAPSHOT_INTERVAL;

  /** Most events of a part: each part is twice as long as the one before, up to this. */
  public static final int LARGEST_PART = 16 * TimeTravel.SNAPSHOT_INTERVAL;

  /** Events between two looks whether the search was cancelled. */
  public static final int LOOK = 256;

  /** Most StreamIDs that a note lists. */
  static final int STREAM_IDS = 16;

  private FindLimits() {}
}
