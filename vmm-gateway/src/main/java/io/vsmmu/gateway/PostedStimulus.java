package io.vsmmu.gateway;

import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.concurrent.CompletableFuture;

/**
 * A stimulus that was posted to a session and not handled yet.
 *
 * @param subject who requested it; empty for a guest
 * @param generation {@link SliceGuard#generation()} when it was posted
 * @param done completes when the stimulus is durable and applied
 */
record PostedStimulus(
    Stimulus stimulus, String subject, int generation, CompletableFuture<Applied> done) {}
