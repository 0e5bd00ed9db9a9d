package io.vsmmu.db.log;

/** What a verification of one vSMMU's hash chain found. */
public sealed interface ChainVerdict {

  /**
   * Every event is the one that was appended.
   *
   * @param events how many were checked
   * @param head the last one; the genesis hash with sequence -1 if there are none
   */
  record Intact(long events, ChainHead head) implements ChainVerdict {}

  /**
   * The first place at which the log is not what was appended.
   *
   * @param position position of the event found there; of the last event before it if the tail is
   *     missing
   * @param sequence sequence at which the chain breaks
   * @param reason what was done, as far as it shows
   */
  record Broken(long position, long sequence, Reason reason) implements ChainVerdict {}

  /** Kinds of tampering. */
  enum Reason {
    /** Content, time, type, cause or subject differ from what the hash covers. */
    EDITED,
    /** A sequence is missing. */
    DROPPED,
    /** Events lie in another order than they were appended in. */
    REORDERED,
    /** The log ends before the expected head. */
    TRUNCATED,
    /** The chain agrees with itself but not with the expected head: it was rewritten. */
    REWRITTEN
  }
}
