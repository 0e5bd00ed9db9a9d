package io.vsmmu.smmu.aggregate;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import org.axonframework.modelling.command.TargetAggregateIdentifier;

/**
 * Stimuli of one vSMMU, in order.
 *
 * @param vsmmu the aggregate's identifier
 * @param stimuli at least one; handling stops after one whose decision awaits the host
 * @param subject who asked, for an operator's request; empty for a guest
 */
public record SubmitStimuli(
    @TargetAggregateIdentifier String vsmmu, List<Stimulus> stimuli, String subject) {

  public SubmitStimuli {
    stimuli = List.copyOf(stimuli);
    if (stimuli.isEmpty()) {
      throw new IllegalArgumentException("stimuli: none, at least one is needed");
    }
  }
}
