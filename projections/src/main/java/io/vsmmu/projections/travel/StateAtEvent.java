package io.vsmmu.projections.travel;

import io.vsmmu.smmu.model.VsmmuState;
import java.time.Instant;

/**
 * The state of a vSMMU after one of its events.
 *
 * @param vsmmu number of the vSMMU
 * @param position of the event
 * @param sequence of the event
 * @param time of the event
 */
public record StateAtEvent(
    int vsmmu, long position, long sequence, Instant time, VsmmuState state) {}
