package io.vsmmu.gateway;

import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.concurrent.CompletableFuture;

/** A stimulus that waits for its turn. */
record Posted(Stimulus stimulus, String subject, CompletableFuture<Applied> done) {}
