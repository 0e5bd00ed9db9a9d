package io.vsmmu.debugger.cause;

/** The limits of answers about causes, and what happens when they are reached. */
final class CauseLimits {

  /** Steps of one chain; the number of the others is given. */
  static final int STEPS = 300;

  /** Commands of a slice, or records of a report, that a chain shows, besides those asked for. */
  static final int PARTS = 64;

  /** Characters of the arguments of a recorded host call; the rest is cut off. */
  static final int ARGUMENT_CHARS = 400;

  /** Events after an access among which the host calls of a recording are looked for. */
  static final int EVENTS_AFTER_ACCESS = 64;

  /** Slices before one that are looked at for the doorbell that it continues. */
  static final int SLICES_BEFORE = 64;

  /** Faults before, and faults after a position that an answer about an address shows. */
  static final int FAULTS = 5;

  /** Streams that an answer about an address shows if it is asked for no single one. */
  static final int STREAMS = 16;

  /** Pages of a list that one answer looks through; then the answer says so. */
  static final int PAGES = 16;

  private CauseLimits() {}
}
