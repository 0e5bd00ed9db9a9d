package io.vsmmu.recordings.log;

import java.util.Arrays;

/**
 * What a file with a part of a log says about the whole: where the part begins and ends, the state
 * before it, and the hash with which its chain continues.
 *
 * @param firstSequence sequence of the part's first event, from 1
 * @param firstPosition position of that event in the log that it was exported from
 * @param lastPosition position there of the part's last event
 * @param events number of events of the whole log when it was exported
 * @param previousHash 32 bytes, the hash of the event before the part; not copied
 * @param stateType type number of the encoded state, 1 to {@link LogFileLimits#MAX_TYPE}
 * @param state the state before the part's first event, encoded, at most {@link
 *     LogFileLimits#PAYLOAD_BYTES}; not copied
 */
public record PartOfLog(
    long firstSequence,
    long firstPosition,
    long lastPosition,
    long events,
    byte[] previousHash,
    int stateType,
    byte[] state) {

  /**
   * @throws IllegalArgumentException if a number, the hash's length or the state's length is out of
   *     its range
   */
  public PartOfLog {
    if (firstSequence < 1 || firstPosition < 1 || lastPosition < firstPosition || events < 1) {
      throw new IllegalArgumentException("a number of the part is out of range");
    }
    if (previousHash.length != LogFormat.HASH_BYTES) {
      throw new IllegalArgumentException("a hash has 32 bytes, not " + previousHash.length);
    }
    if (stateType < 1 || stateType > LogFileLimits.MAX_TYPE) {
      throw new IllegalArgumentException(
          "type " + stateType + " is not within 1.." + LogFileLimits.MAX_TYPE);
    }
    if (state.length > LogFileLimits.PAYLOAD_BYTES) {
      throw new IllegalArgumentException(
          "a state of %d bytes, allowed are %d"
              .formatted(state.length, LogFileLimits.PAYLOAD_BYTES));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PartOfLog that
        && firstSequence == that.firstSequence
        && firstPosition == that.firstPosition
        && lastPosition == that.lastPosition
        && events == that.events
        && stateType == that.stateType
        && Arrays.equals(previousHash, that.previousHash)
        && Arrays.equals(state, that.state);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(firstSequence) * 31 + Arrays.hashCode(previousHash);
  }
}
