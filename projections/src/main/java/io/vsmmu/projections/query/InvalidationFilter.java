package io.vsmmu.projections.query;

import io.vsmmu.projections.model.TranslationScope;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.smmu.spec.AddressRange;
import org.jspecify.annotations.Nullable;

/**
 * Which invalidations are wanted: those that could touch what is given. A command that does not
 * restrict something (TLBI_NH_ALL any ASID, CFGI_STE any address) touches all of it.
 *
 * @param from first place, inclusive; null for the log's beginning
 * @param to last place, inclusive; null for its end
 */
public record InvalidationFilter(
    @Nullable Integer sid,
    @Nullable Integer asid,
    @Nullable AddressRange addresses,
    @Nullable LogPoint from,
    @Nullable LogPoint to) {

  /** Every invalidation. */
  public static final InvalidationFilter ALL = new InvalidationFilter(null, null, null, null, null);

  boolean matches(TranslationScope scope) {
    return (sid == null || scope.touchesStream(sid))
        && (asid == null || scope.touchesAsid(asid))
        && (addresses == null || scope.touches(addresses));
  }
}
