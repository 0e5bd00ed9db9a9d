package io.vsmmu.db.seal;

import java.time.Duration;

/** Limits of sealing. */
public final class SealLimits {

  /** Positions of one segment; a segment that has as many is sealed at once. */
  public static final int SEGMENT_EVENTS = 4096;

  /** How long an event may wait until its segment is sealed with fewer. */
  public static final Duration INTERVAL = Duration.ofSeconds(10);

  /** Segments between two checkpoints while the sealer is behind. */
  public static final int CHECKPOINT_SEGMENTS = 64;

  /** Heads of vSMMUs without events in a segment; further ones are in the segments behind it. */
  public static final int HEADS_WITHOUT_EVENTS = 1024;

  /** Witnesses whose cosignatures are kept of one checkpoint; those of further ones are refused. */
  public static final int WITNESSES = 16;

  /**
   * Bytes of the file of checkpoints. When it is full it is renamed, with {@code .old} behind its
   * name, in the place of the one that was renamed before, and a new one begins.
   */
  public static final long CHECKPOINT_FILE_BYTES = 64L << 20;

  /** Checkpoints that one verification compares; further ones are refused. */
  public static final int KNOWN_CHECKPOINTS = 1 << 18;

  /** Aggregate ids that the sealer keeps; beyond them it reads the registry again. */
  static final int KEPT_IDS = 1 << 16;

  /** Segments that a verification reads at once. */
  static final int VERIFIED_SEGMENTS = 16;

  /** Pause after a failure, before the sealer tries again. */
  static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

  /** How often the sealer looks whether a segment is due. */
  static final Duration LOOK = Duration.ofMillis(250);

  /** How long the end of the service waits for the sealer. */
  static final Duration CLOSE_WAIT = Duration.ofSeconds(30);

  private SealLimits() {}
}
