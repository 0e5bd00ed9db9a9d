package io.vsmmu.smmu.stimulus;

import io.vsmmu.smmu.spec.CommandError;

/**
 * What a recorded SMMU did with a slice of its command queue. Where {@code decide} would have done
 * something else, the recording is followed, and the difference is a finding.
 *
 * @param from CMDQ_CONS before, index with wrap bit; {@link #GOES_ON} for the rest of a slice
 * @param error what the last entry stopped the queue with; {@link CommandError#CERROR_NONE} when
 *     all were consumed
 */
public record RecordedConsumption(long from, CommandError error) {

  /** Consumption continues at the state's own index. */
  public static final long GOES_ON = -1;

  /** The same for the rest of the slice. */
  RecordedConsumption rest() {
    return new RecordedConsumption(GOES_ON, error);
  }

  /** Whether the entry at {@code index} of {@code entries} stopped the recorded queue. */
  public boolean failedAt(int index, int entries) {
    return error != CommandError.CERROR_NONE
        && error != CommandError.CERROR_ABT
        && index == entries - 1;
  }
}
