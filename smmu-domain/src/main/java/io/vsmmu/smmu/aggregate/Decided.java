package io.vsmmu.smmu.aggregate;

import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.Decision;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.List;

/**
 * A decision that is part of the log.
 *
 * @param sequence of the first event
 * @param events the stimulus event and what followed from it
 * @param after the state after the last of them
 */
public record Decided(long sequence, List<VsmmuEvent> events, VsmmuState after) {

  public Decided {
    events = List.copyOf(events);
  }

  /** Whether the host has to do something for it; its outcome must then be reported. */
  public boolean concernsHost() {
    return Decision.concernsHost(events);
  }
}
