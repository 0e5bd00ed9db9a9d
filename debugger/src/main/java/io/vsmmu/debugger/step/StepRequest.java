package io.vsmmu.debugger.step;

import org.jspecify.annotations.Nullable;

/**
 * A step.
 *
 * @param from the position that it starts from, which need not be of an event of the vSMMU
 * @param entry index of the command within the slice at {@code from} that the step starts from;
 *     null to start outside of that slice
 * @param forward whether to the next one, else to the previous one
 * @param sid only what names this StreamID; null for all
 */
public record StepRequest(
    long from, @Nullable Integer entry, boolean forward, StepUnit unit, @Nullable Integer sid) {}
