package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/** The way to the log: decides stimuli and makes the events durable. */
@FunctionalInterface
public interface DecisionLog {

  /**
   * Returns once the events are durable as their class of durability demands.
   *
   * @param subject who asked; empty for a guest
   * @throws io.vsmmu.smmu.aggregate.StimulusRefusedException when a stimulus makes no sense;
   *     nothing of the submission is in the log
   * @throws RuntimeException when the log did not confirm; {@link #since} tells what it holds
   */
  Submission submit(String vsmmu, List<Stimulus> stimuli, String subject);

  /**
   * The decisions that the log holds beyond a state: after a submission that was not confirmed. A
   * log whose failures always mean "not written" has none.
   *
   * @throws RuntimeException when the log cannot be read
   */
  default List<Decided> since(String vsmmu, VsmmuState known) {
    return List.of();
  }

  /**
   * Whether a failure of {@link #submit} says that the log has too much to do: it is there, nothing
   * was written, and what waits for it has its turn later.
   */
  default boolean busy(RuntimeException failure) {
    return false;
  }
}
