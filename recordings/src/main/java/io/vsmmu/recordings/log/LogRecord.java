package io.vsmmu.recordings.log;

import java.util.Arrays;

/**
 * One event of a vSMMU's log, as its file contains it.
 *
 * @param sequence number of the event within the log of the vSMMU, from 0, without gaps
 * @param offsetMicros time after the header's origin, in microseconds; may be negative
 * @param type number of the payload type, 1..{@link LogFileLimits#MAX_TYPE}
 * @param cause sequence of the event that caused this one, -1 if none
 * @param subject the operator who caused the event; empty if none is recorded
 * @param payload encoded content, at most {@link LogFileLimits#PAYLOAD_BYTES}; not copied
 * @param hash 32 bytes of the log's hash chain; not copied
 */
public record LogRecord(
    long sequence,
    long offsetMicros,
    int type,
    long cause,
    String subject,
    byte[] payload,
    byte[] hash)
    implements LogItem {

  /** The {@code cause} of an event that no other event caused. */
  public static final long NO_CAUSE = -1;

  /**
   * @throws IllegalArgumentException if a number or the hash's length is out of its range
   */
  public LogRecord {
    if (sequence < 0 || sequence == Long.MAX_VALUE) {
      throw new IllegalArgumentException("sequence " + sequence + " is out of range");
    }
    if (type < 1 || type > LogFileLimits.MAX_TYPE) {
      throw new IllegalArgumentException(
          "type " + type + " is not within 1.." + LogFileLimits.MAX_TYPE);
    }
    if (cause < NO_CAUSE || cause == Long.MAX_VALUE) {
      throw new IllegalArgumentException("cause " + cause + " is out of range");
    }
    if (hash.length != LogFormat.HASH_BYTES) {
      throw new IllegalArgumentException("a hash has 32 bytes, not " + hash.length);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LogRecord that
        && sequence == that.sequence
        && offsetMicros == that.offsetMicros
        && type == that.type
        && cause == that.cause
        && subject.equals(that.subject)
        && Arrays.equals(payload, that.payload)
        && Arrays.equals(hash, that.hash);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(sequence) * 31 + Arrays.hashCode(hash);
  }
}
