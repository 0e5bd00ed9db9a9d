package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/** Decides stimuli and makes the events durable. Thread-safe for different vSMMUs. */
@FunctionalInterface
public interface DecisionLog {

  /**
   * Decides stimuli up to the first that concerns the host ({@link
   * io.vsmmu.smmu.aggregate.DecisionLoop}). Returns when the events are as durable as the vSMMU's
   * durability demands.
   *
   * @param stimuli at least one
   * @param subject who requested them; empty for a guest
   * @throws io.vsmmu.smmu.aggregate.StimulusRefusedException when a stimulus is refused; the log
   *     contains nothing of the submission
   * @throws RuntimeException when the log did not take it: it contains nothing of the submission,
   *     or it failed for good and takes nothing until the service is started again
   */
  Submission submit(String vsmmu, List<Stimulus> stimuli, String subject);

  /**
   * Whether a failure of {@link #submit} means that the log is available and has too much to do:
   * nothing was written, and the submission may be tried again.
   */
  default boolean busy(RuntimeException failure) {
    return false;
  }
}
