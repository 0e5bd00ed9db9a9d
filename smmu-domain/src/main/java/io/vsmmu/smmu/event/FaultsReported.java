package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/**
 * The host reported faults of the guest's streams.
 *
 * @param lost the number of records that the host lost before these; the log does not contain them
 * @param queued the number of {@code records}, from the first, that the guest's event queue takes
 * @param prod EVENTQ_PROD from here on, with the overflow flag
 */
public record FaultsReported(List<EventRecord> records, long lost, int queued, long prod)
    implements StimulusEvent {

  public FaultsReported {
    records = List.copyOf(records);
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ReportFaults(records, lost);
  }
}
