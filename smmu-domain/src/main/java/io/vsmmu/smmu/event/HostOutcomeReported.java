package io.vsmmu.smmu.event;

import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/**
 * The host's outcome of a decision.
 *
 * @param decision sequence of the event whose operations these are
 * @param completes whether the command queue waited for this outcome
 * @param cons CMDQ_CONS from here on
 */
public record HostOutcomeReported(
    long decision, List<HostOperation> operations, boolean completes, long cons)
    implements StimulusEvent {

  public HostOutcomeReported {
    operations = List.copyOf(operations);
  }

  @Override
  public Stimulus stimulus() {
    return new Stimulus.ReportHostOutcome(decision, operations);
  }
}
