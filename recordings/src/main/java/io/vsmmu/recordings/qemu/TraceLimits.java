package io.vsmmu.recordings.qemu;

/**
 * The limits of the import of a QEMU trace. The memory that an import needs is bounded by these and
 * does not depend on the file's size.
 */
public final class TraceLimits {

  /** Bytes of a line that are kept; the rest of a longer line is dropped and the line counted. */
  public static final int LINE_BYTES = 8192;

  /** Lines that are held until the first vSMMU is known; further ones are only counted. */
  public static final int HELD_LINES = 16_384;

  /**
   * Host calls that are held until it is known to which vSMMU they belong; further ones stay
   * unattributed.
   */
  public static final int HELD_HOST_CALLS = 16_384;

  /**
   * Commands of one guest access that are held until the line of its register write; above the
   * limit they become stimuli before the register write.
   */
  public static final int HELD_COMMANDS = 65_536;

  /** vSMMUs that are distinguished in one recording. */
  public static final int VSMMUS = 64;

  /** Kernel objects that are remembered at a time; the oldest is forgotten for a further one. */
  public static final int KERNEL_OBJECTS = 65_536;

  /** vIOMMUs whose vSMMU is remembered; a device that is plugged again may get another one. */
  public static final int VIOMMUS = 4096;

  /** StreamIDs remembered per vSMMU. */
  public static final int STREAMS = 65_536;

  /** Explanations of the recording that are kept at a time; above it they are merged into one. */
  public static final int HYPOTHESES = 64;

  /**
   * Items (accesses, reads, host calls) that wait for their attribution while several explanations
   * exist; above it the explanations are merged into one.
   */
  public static final int UNDECIDED_ITEMS = 512;

  /**
   * Items by which an attribution is delayed, so that a contradiction among the items that follow
   * can still change it.
   */
  public static final int SETTLING_ITEMS = 256;

  /**
   * log2 of the number of entries from which on a command queue whose index moves backwards is
   * taken to have been set up again: that so many commands are missing is less likely.
   */
  public static final int LOG2_QUEUE_NOT_SEEN_AROUND = 12;

  /** Consecutive accesses without a line of their write after which writes count as not traced. */
  public static final int WRITES_MISSING = 4;

  /**
   * Consecutive items, each of which continues where the one before it ended, that are evidence of
   * a vSMMU although no identifier names it.
   */
  public static final int CONTINUITY_ITEMS = 64;

  /** Fewer incomplete accesses than this count as damage, not as a wrong order of the lines. */
  public static final int INCOMPLETE_ACCESSES = 3;

  /**
   * If at least one access in this many lacks lines, the order of the lines is no evidence of which
   * vSMMU they belong to.
   */
  public static final int INCOMPLETE_SHARE = 16;

  /** StreamIDs, and ASIDs, of one access that are kept as evidence of its vSMMU. */
  public static final int EVIDENCE = 64;

  /**
   * Stimuli of one vSMMU that are held while earlier host calls wait for their attribution; above
   * it they are handed to the sink.
   */
  public static final int HELD_STIMULI = 512;

  /** Host calls that were printed within this many microseconds may share one event. */
  public static final int CALLS_OF_ONE_EVENT_MICROS = 1000;

  /** Largest step of CMDQ_PROD, in commands, in a recording in which consumption is not traced. */
  public static final int MISSING_COMMANDS = 64;

  /** Largest ratio of the length of a compressed recording's text to its compressed length. */
  public static final int EXPANSION = 500;

  /** Bytes of text that a compressed recording may have whatever its compressed length. */
  public static final long SMALL_TEXT_BYTES = 64L << 20;

  /** Seconds by which a line's time may precede the latest one within a run of QEMU. */
  public static final int CLOCK_STEP_SECONDS = 10;

  /** Different warnings in a report; further ones are counted together. */
  public static final int WARNINGS = 64;

  /** Names of unknown trace events in a report; further ones are counted together. */
  public static final int LINE_KINDS = 256;

  private TraceLimits() {}
}
