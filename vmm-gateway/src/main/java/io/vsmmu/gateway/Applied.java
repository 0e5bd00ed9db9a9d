package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Decided;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.util.Optional;

/**
 * A stimulus that is in the log and applied.
 *
 * @param decided what was decided
 * @param outcome what the host did; empty when nothing concerned it
 * @param reported the decision about that outcome, when it was recorded at once; empty for
 *     successful invalidations, and when the log was away: then it is recorded before anything else
 */
public record Applied(
    Decided decided, Optional<ReportHostOutcome> outcome, Optional<Decided> reported) {}
