package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.value.ParameterConverters;
import io.vsmmu.rest.value.Unsigned;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.wire.EventKind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The filters of {@code GET /vsmmus/{name}/events}. A new one is a component here and one of {@link
 * EventFilter}; Spring binds it, and the OpenAPI page shows it. What else a filter needs stands in
 * ARCHITECTURE.md.
 */
record EventQuery(
    @Parameter(description = "Types, separated by commas", example = "StreamConfigured")
        @Nullable Set<EventKind> type,
    @Parameter(description = "Events that name this StreamID", example = "0x900")
        @Unsigned(bits = Numbers.SID_BITS)
        @Nullable Integer sid,
    @Parameter(description = "Slices with a TLB invalidation that can touch this ASID")
        @Unsigned(bits = Numbers.ASID_BITS)
        @Nullable Integer asid,
    @Parameter(description = "Slices, faults and translations that can touch this address")
        @Unsigned(bits = Numbers.ADDRESS_BITS)
        @Nullable Long va,
    @Parameter(description = "First position, bookmark or instant, inclusive")
        @Nullable GivenPoint from,
    @Parameter(description = "Last position, bookmark or instant, inclusive")
        @Nullable GivenPoint to,
    @Parameter(
            description =
                "true: only lines of a recording that are of one of its vSMMUs, but not known of"
                    + " which; they are kept with the first one",
            schema = @Schema(defaultValue = "false"))
        @Nullable Boolean unattributed) {

  /** The filter for the events of a vSMMU. */
  EventFilter filter(VsmmuDirectory directory, RegisteredVsmmu vsmmu) {
    if (type != null && type.isEmpty()) {
      throw ProblemException.invalid("type", "", ParameterConverters.kindsNear(""));
    }
    return new EventFilter(
        type == null ? Set.of() : type,
        sid,
        asid,
        va == null ? null : new AddressRange(va, va),
        directory.point(vsmmu, "from", from),
        directory.point(vsmmu, "to", to),
        unattributed != null && unattributed);
  }
}
