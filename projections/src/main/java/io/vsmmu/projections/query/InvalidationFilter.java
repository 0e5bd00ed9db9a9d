package io.vsmmu.projections.query;

import io.vsmmu.projections.model.TranslationScope;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.smmu.spec.AddressRange;
import org.jspecify.annotations.Nullable;

/**
 * Selects invalidation commands that apply to given streams, ASIDs and addresses. A command that
 * does not restrict one of them (TLBI_NH_ALL the ASID, CFGI_STE the address) applies to all.
 *
 * @param sid a StreamID, null for any
 * @param asid an ASID, null for any
 * @param addresses a range of input addresses, null for any
 * @param from first event, inclusive; null for the beginning of the log
 * @param to last event, inclusive; null for the end of the log
 */
public record InvalidationFilter(
    @Nullable Integer sid,
    @Nullable Integer asid,
    @Nullable AddressRange addresses,
    @Nullable LogPoint from,
    @Nullable LogPoint to) {

  public static final InvalidationFilter ALL = new InvalidationFilter(null, null, null, null, null);

  boolean matches(TranslationScope scope) {
    return (sid == null || scope.containsStream(sid))
        && (asid == null || scope.containsAsid(asid))
        && (addresses == null || scope.overlaps(addresses));
  }
}
