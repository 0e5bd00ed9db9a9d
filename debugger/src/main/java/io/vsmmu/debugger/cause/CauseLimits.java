package io.vsmmu.debugger.cause;

/** The limits of answers about causes, and what happens when they are reached. */
final class CauseLimits {

  /** Steps of one chain; the number of the others is given. */
  static final int STEPS = 300;

  /** Steps of one chain in which nothing is to be left out; the number of the others is given. */
  static final int ALL_STEPS = 8192;

  /**
   * Commands of a slice, records of a report, streams, host calls and recorded calls that a chain
   * shows of each, besides the one that was asked for and those that failed; of the others it gives
   * the numbers by kind.
   */
  static final int PARTS = 8;

  /** Kinds of parts whose numbers one chain gives in one place. */
  static final int KINDS_OF_PARTS = 4;

  /** Characters of the arguments of a recorded host call; the rest is cut off. */
  static final int ARGUMENT_CHARS = 400;

  /** Events after an access among which the host calls of a recording are looked for. */
  static final int EVENTS_AFTER_ACCESS = 64;

  /** Slices before one that are looked at for the doorbell that it continues. */
  static final int SLICES_BEFORE = 64;

  /** Last TLB invalidations of an address itself that an answer about it shows. */
  static final int OWN_INVALIDATIONS = 3;

  /** Faults before, and faults after a position that an answer about an address shows. */
  static final int FAULTS = 5;

  /** Streams that an answer about an address shows if it is asked for no single one. */
  static final int STREAMS = 16;

  /** Pages of a list that one answer looks through; then the answer says so. */
  static final int PAGES = 16;

  private CauseLimits() {}
}
