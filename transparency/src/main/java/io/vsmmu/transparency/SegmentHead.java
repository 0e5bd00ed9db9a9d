package io.vsmmu.transparency;

import java.util.Arrays;
import java.util.UUID;

/**
 * The end of a vSMMU's chain in a sealed segment, with what the registry has of it.
 *
 * @param aggregateId identifies the vSMMU
 * @param originMicros zero point of the times that its chain covers
 * @param arrival 0 created here, 1 its import is under way, 2 imported
 * @param name empty while its import is under way
 * @param sequence of its last event at or before the segment's end, -1 if it has none
 * @param hash of that event, 32 bytes, or the hash with which every chain begins; not copied
 */
public record SegmentHead(
    UUID aggregateId, long originMicros, int arrival, String name, long sequence, byte[] hash) {

  /** The {@link #arrival} of a vSMMU whose import is under way. */
  public static final int IMPORTING = 1;

  @Override
  public boolean equals(Object other) {
    return other instanceof SegmentHead that
        && aggregateId.equals(that.aggregateId)
        && originMicros == that.originMicros
        && arrival == that.arrival
        && name.equals(that.name)
        && sequence == that.sequence
        && Arrays.equals(hash, that.hash);
  }

  @Override
  public int hashCode() {
    return aggregateId.hashCode() * 31 + Long.hashCode(sequence);
  }
}
