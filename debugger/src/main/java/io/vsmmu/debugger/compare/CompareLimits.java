package io.vsmmu.debugger.compare;

/** The limits of a comparison of two logs, which bound its memory and its time. */
public final class CompareLimits {

  /** Accesses of each log that are aligned with each other at once. */
  static final int WINDOW = 512;

  /**
   * Accesses of each log that are searched for the place where two logs become the same again. A
   * longer insertion is shown as accesses that differ.
   */
  static final int LOOKAHEAD = 16_384;

  /** Accesses in a row, the same in both logs, up to which an alignment is final. */
  static final int RUN = 4;

  /** Accesses in a row, the same in both logs, at which two logs are the same again. */
  static final int BRIDGE = 8;

  /** Events that are read from a log at once. */
  static final int PAGE_EVENTS = 8192;

  /** Bytes of payload with which a page ends before it has {@link #PAGE_EVENTS}. */
  static final int PAGE_BYTES = 4 << 20;

  /** Events after an access within which its outcome is assigned to it. */
  static final int OUTCOME_EVENTS = 64;

  /** Accesses that are shown before and after the first divergence, of each log. */
  public static final int SURROUNDING = 5;

  /** Examples that are shown of each kind of difference; the others are counted. */
  public static final int EXAMPLES = 5;

  /** Kinds of differences that are listed; the others are counted together. */
  static final int KINDS = 500;

  /** StreamIDs, ASIDs and VMIDs whose counterpart in the other log is remembered. */
  static final int IDS = 65_536;

  private CompareLimits() {}
}
