package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.PageRequest;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/**
 * Devices of the guest sent page requests (PRI).
 *
 * @param lost the number of requests that were lost before these
 * @param queued the number of {@code records}, from the first, that the guest's PRI queue takes
 * @param prod PRIQ_PROD from here on, with the overflow flag
 */
public record PageRequestsReported(List<PageRequest> records, long lost, int queued, long prod)
    implements StimulusEvent {

  public PageRequestsReported {
    records = List.copyOf(records);
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ReportPageRequests(records, lost);
  }
}
