package io.vsmmu.projections.travel;

import io.vsmmu.smmu.model.VsmmuState;
import java.time.Instant;

/**
 * A vSMMU after one of its events.
 *
 * @param vsmmu the vSMMU's number
 * @param position of the last event in the state
 * @param sequence of that event within the vSMMU
 * @param time of that event
 */
public record StateAtEvent(
    int vsmmu, long position, long sequence, Instant time, VsmmuState state) {}
