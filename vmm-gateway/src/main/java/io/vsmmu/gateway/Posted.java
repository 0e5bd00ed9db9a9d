package io.vsmmu.gateway;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.concurrent.CompletableFuture;

/**
 * A stimulus that waits for its turn.
 *
 * @param generation the {@link SliceGuard}'s when it was posted
 */
record Posted(Stimulus stimulus, String subject, int generation, CompletableFuture<Applied> done) {}
