package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.Optional;

/** The way to the host: applies what was decided. */
@FunctionalInterface
public interface HostApplier {

  /** Applies a durable decision; empty when nothing of it concerns the host. */
  Optional<ReportHostOutcome> apply(Decided decided);
}
