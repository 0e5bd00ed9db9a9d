package io.vsmmu.smmu.aggregate;

import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.Optional;

/**
 * A stimulus that is in the log and applied to the host.
 *
 * @param decided what was decided
 * @param outcome what the host did; empty when the decision does not concern the host
 * @param reported the decision about that outcome, when it was recorded at once. Empty for
 *     successful invalidations, and when the log was unavailable: the outcome is then recorded
 *     before anything else
 */
public record Applied(
    Decided decided, Optional<ReportHostOutcome> outcome, Optional<Decided> reported) {}
