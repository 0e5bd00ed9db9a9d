package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.RegisterRead;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/**
 * Register reads of a recording.
 *
 * @param differing the number of reads that the folded state would have answered with another value
 */
public record RegisterReadsObserved(List<RegisterRead> reads, int differing)
    implements StimulusEvent {

  public RegisterReadsObserved {
    reads = List.copyOf(reads);
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ObserveReads(reads);
  }
}
