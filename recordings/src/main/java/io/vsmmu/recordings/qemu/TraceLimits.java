package io.vsmmu.recordings.qemu;

/** Every bound of the import. Memory use follows from these and never from the file's size. */
public final class TraceLimits {

  /** Bytes of a line that are kept; the rest of a longer line is dropped and the line counted. */
  public static final int LINE_BYTES = 8192;

  /** Lines held back until the first access to a vSMMU is known; further ones are only counted. */
  public static final int HELD_LINES = 16_384;

  /** Host calls held back until it is known to which vSMMU they belong. */
  public static final int HELD_HOST_CALLS = 16_384;

  /**
   * Commands of one guest access held back until the trace tells which register it wrote. Above it
   * the commands are handed on before the register write.
   */
  public static final int HELD_COMMANDS = 65_536;

  /** vSMMUs in one recording; further ones are not told apart. */
  public static final int VSMMUS = 64;

  /** Kernel objects (ids of one iommufd) known at a time. */
  public static final int KERNEL_OBJECTS = 65_536;

  /** vIOMMUs of which it is remembered whose they are; a device that is replugged gets another. */
  public static final int VIOMMUS = 4096;

  /** StreamIDs remembered per vSMMU. */
  public static final int STREAMS = 65_536;

  /** Explanations of the recording that are kept at a time. */
  public static final int HYPOTHESES = 64;

  /** Items (accesses, reads, host calls) that wait until it is known whose they are. */
  public static final int UNDECIDED_ITEMS = 512;

  /** Items of several vSMMUs that wait until it is seen whether the lines' order can be trusted. */
  public static final int SETTLING_ITEMS = 256;

  /**
   * log2 of the entries of a command queue that is taken to be set up anew when its index goes
   * back: that many commands are not missing.
   */
  public static final int LOG2_QUEUE_NOT_SEEN_AROUND = 12;

  /** Accesses in a row without the line of their write that tell that writes are not traced. */
  public static final int WRITES_MISSING = 4;

  /**
   * Items that go on from one another after which they are taken to be of one vSMMU although
   * nothing names it.
   */
  public static final int FOUNDING_ITEMS = 64;

  /** Accesses with missing lines that are taken for damage, not for a wrong order of lines. */
  public static final int TORN_ACCESSES = 3;

  /** One access in so many that lacks lines makes the order of lines no evidence of several. */
  public static final int TORN_SHARE = 16;

  /** StreamIDs and ASIDs of one access that count as evidence of whose it is. */
  public static final int EVIDENCE = 64;

  /**
   * Stimuli of one vSMMU held back while host calls from before them wait for it to be known whose
   * they are.
   */
  public static final int HELD_STIMULI = 512;

  /** Host calls printed within this many microseconds may stand in one event. */
  public static final int CALLS_OF_ONE_EVENT_MICROS = 1000;

  /** Commands by which CMDQ_PROD moves on at most where only register writes are traced. */
  public static final int MISSING_COMMANDS = 64;

  /** How many times as long as a compressed recording its text may be. */
  public static final int EXPANSION = 500;

  /** Bytes of text that a compressed recording may have however short it is. */
  public static final long SMALL_TEXT_BYTES = 64L << 20;

  /** Seconds by which the clock of a run of QEMU is not set back. */
  public static final int CLOCK_STEP_SECONDS = 10;

  /** Different warnings in a report; further ones are only counted. */
  public static final int WARNINGS = 64;

  /** Names of unknown trace events in a report; further ones are counted together. */
  public static final int LINE_KINDS = 256;

  private TraceLimits() {}
}
