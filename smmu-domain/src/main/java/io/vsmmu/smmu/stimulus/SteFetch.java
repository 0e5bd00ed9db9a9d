package io.vsmmu.smmu.stimulus;

import io.vsmmu.smmu.spec.StreamTableEntry;

/**
 * The outcome of fetching the STE of a StreamID from guest memory.
 *
 * @param streamId the StreamID, unsigned 32 bits
 * @param ste all zeros unless {@code outcome} is {@link Outcome#READ}
 * @param completeness which bits of {@code ste} are known; without a meaning unless {@code outcome}
 *     is {@link Outcome#READ}
 */
public record SteFetch(
    int streamId, Outcome outcome, StreamTableEntry ste, Completeness completeness) {

  public enum Outcome {
    /** The STE is known, as far as its {@link Completeness} says. */
    READ,
    /** The StreamID lies outside the Stream table: C_BAD_STREAMID. */
    OUT_OF_TABLE,
    /** The table or the entry could not be fetched: F_STE_FETCH. */
    FETCH_FAULT,
    /** The source of the stimulus, a QEMU trace, does not contain the STE. */
    NOT_TOLD
  }

  /** An STE whose source, a QEMU trace, does not contain it. */
  public static SteFetch unknown(int streamId) {
    return new SteFetch(
        streamId, Outcome.NOT_TOLD, StreamTableEntry.ofTwoWords(0, 0), Completeness.NOTHING);
  }

  /** A fetch that read all eight words. */
  public static SteFetch read(int streamId, StreamTableEntry ste) {
    return new SteFetch(streamId, Outcome.READ, ste, Completeness.FULL);
  }

  /** The fetch failed with {@code outcome}. */
  public static SteFetch failed(int streamId, Outcome outcome) {
    return new SteFetch(streamId, outcome, StreamTableEntry.ofTwoWords(0, 0), Completeness.FULL);
  }
}
