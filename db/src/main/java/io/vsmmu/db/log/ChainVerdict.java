package io.vsmmu.db.log;

/** Result of verifying one vSMMU's hash chain, see {@link ChainVerifier}. */
public sealed interface ChainVerdict {

  /**
   * Every event is the one that was appended.
   *
   * @param events number of events checked
   * @param from sequence of the first event that the chain covers: 0, unless the log is an imported
   *     part of another one
   * @param head end of the chain
   */
  record Intact(long events, long from, ChainHead head) implements ChainVerdict {}

  /**
   * The first event at which the log differs from what was appended.
   *
   * @param position of the event that stands there; of the last event before it if the end of the
   *     log is missing
   * @param sequence at which the chain breaks
   * @param reason the kind of tampering that explains what was found
   * @param from sequence of the first event that the chain covers, as in {@link Intact}
   */
  record Broken(long position, long sequence, Tampering reason, long from) implements ChainVerdict {

    /** A break in a log that is no part of another one. */
    public Broken(long position, long sequence, Tampering reason) {
      this(position, sequence, reason, 0);
    }

    /** Sequence of the first event of the log, which may be the beginning of a part. */
    public long first() {
      return Math.max(0, from - 1);
    }
  }

  /** What was done to the log, as far as the chain shows it. */
  enum Tampering {
    /** Payload, time, type, cause or subject differ from what the hash covers. */
    EDITED,
    /** A sequence between two existing ones is missing. */
    DROPPED,
    /** The events' positions are not in the order of their sequences. */
    REORDERED,
    /** The log ends before the expected head. */
    TRUNCATED,
    /** The chain agrees with itself but not with the expected head: it was rewritten. */
    REWRITTEN
  }
}
