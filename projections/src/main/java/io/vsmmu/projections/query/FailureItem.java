package io.vsmmu.projections.query;

import io.vsmmu.projections.model.FailureRows.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Something that failed.
 *
 * @param ordinal which one of its event, from 0
 * @param code errno, code of CMDQ_CONS.ERR, or number of lost records, by kind
 * @param sid the stream concerned as {@code 0x..}, null if none
 * @param health status of the vSMMU from there on
 * @param detail for people
 */
public record FailureItem(
    long position,
    int ordinal,
    Kind kind,
    long code,
    @Nullable String sid,
    String health,
    String detail) {}
