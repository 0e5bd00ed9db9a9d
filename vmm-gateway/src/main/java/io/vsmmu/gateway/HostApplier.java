package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.Optional;

/** Applies decisions to the host. */
@FunctionalInterface
public interface HostApplier {

  /**
   * Applies a durable decision, and waits for the host.
   *
   * @return what the host did; empty when the decision does not concern the host
   */
  Optional<ReportHostOutcome> apply(Decided decided);
}
