package io.vsmmu.smmu.stimulus;

import io.vsmmu.smmu.spec.StreamTableEntry;

/**
 * What reading the STE of a StreamID from guest memory gave.
 *
 * @param ste all zeros unless {@code outcome} is {@link Outcome#READ}
 */
public record SteReading(int streamId, Outcome outcome, StreamTableEntry ste, Knowledge knowledge) {

  /** How the read ended. */
  public enum Outcome {
    /** The STE was read. */
    READ,
    /** The StreamID lies outside the Stream table: C_BAD_STREAMID. */
    OUT_OF_TABLE,
    /** The table or the entry could not be fetched: F_STE_FETCH. */
    FETCH_FAULT,
    /** A foreign trace does not tell. */
    NOT_TOLD
  }

  /** The reading of a source that does not tell. */
  public static SteReading notTold(int streamId) {
    return new SteReading(
        streamId, Outcome.NOT_TOLD, StreamTableEntry.ofTwoWords(0, 0), Knowledge.NOTHING);
  }

  /** All eight words were read. */
  public static SteReading read(int streamId, StreamTableEntry ste) {
    return new SteReading(streamId, Outcome.READ, ste, Knowledge.FULL);
  }

  /** The read failed with {@code outcome}. */
  public static SteReading failed(int streamId, Outcome outcome) {
    return new SteReading(streamId, outcome, StreamTableEntry.ofTwoWords(0, 0), Knowledge.FULL);
  }
}
