package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Submission;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;

/** The way to the log: decides stimuli and makes the events durable. */
@FunctionalInterface
public interface StimulusGate {

  /**
   * Returns once the events are durable as their class of durability demands.
   *
   * @param subject who asked; empty for a guest
   * @throws RuntimeException when nothing of the submission is in the log
   */
  Submission submit(String vsmmu, List<Stimulus> stimuli, String subject);
}
