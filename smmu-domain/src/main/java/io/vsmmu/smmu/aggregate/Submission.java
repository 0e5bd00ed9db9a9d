package io.vsmmu.smmu.aggregate;

import java.util.List;

/**
 * The decisions on the stimuli of a {@link SubmitStimuli}.
 *
 * @param decisions one for each stimulus that was handled, in order
 */
public record Submission(List<Decided> decisions) {

  public Submission {
    decisions = List.copyOf(decisions);
  }

  public Decided last() {
    return decisions.getLast();
  }
}
