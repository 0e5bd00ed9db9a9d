package io.vsmmu.projections.query;

import io.vsmmu.projections.model.FailureRows.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A row of the list of failures, see {@link io.vsmmu.projections.model.FailureRows}.
 *
 * @param position of the event that reports it
 * @param ordinal number of the failure among those of the event, from 0
 * @param code errno, code of CMDQ_CONS.ERR, number of lost records, or bit of GERROR, by kind
 * @param sid StreamID concerned as {@code 0x..}, null if none
 * @param health status of the vSMMU after the event
 * @param detail explanation for people
 */
public record FailureItem(
    long position,
    int ordinal,
    Kind kind,
    long code,
    @Nullable String sid,
    String health,
    String detail) {}
