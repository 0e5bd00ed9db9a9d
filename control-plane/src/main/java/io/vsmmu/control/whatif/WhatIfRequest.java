package io.vsmmu.control.whatif;

import io.vsmmu.db.log.RegisteredVsmmu;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A question what would have happened.
 *
 * @param vsmmu whose log is replayed; it is not changed
 * @param at position up to which the log stays as it is; empty for the last one before the change
 *     can have an effect
 * @param keep name for a vSMMU that gets the log of the outcome; null if it is not kept
 */
public record WhatIfRequest(
    RegisteredVsmmu vsmmu, OptionalLong at, InputChange change, @Nullable String keep) {}
