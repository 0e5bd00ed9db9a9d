package io.vsmmu.smmu.event;

import io.vsmmu.smmu.spec.CommandError;

/**
 * The command queue stopped at an entry (IHI 0070, 7.1).
 *
 * @param entry index within the slice of the failing entry
 * @param cons CMDQ_CONS from here on: the failing entry's index with the error code
 * @param gerror GERROR from here on
 * @param detail the cause, for operators
 */
public record CommandQueueFailed(
    int entry, CommandError error, long cons, long gerror, String detail) implements Consequence {}
