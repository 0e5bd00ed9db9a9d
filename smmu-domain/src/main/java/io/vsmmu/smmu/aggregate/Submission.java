package io.vsmmu.smmu.aggregate;

import java.util.List;

/**
 * What became of {@link SubmitStimuli}.
 *
 * @param decisions one for each stimulus that was handled, in order
 */
public record Submission(List<Decided> decisions) {

  public Submission {
    decisions = List.copyOf(decisions);
  }

  /** How many stimuli, from the first, were handled. */
  public int handled() {
    return decisions.size();
  }

  /** The last decision. */
  public Decided last() {
    return decisions.getLast();
  }
}
