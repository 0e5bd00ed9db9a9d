package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Parameter;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.InvalidationFilter;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.GivenPoint;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.value.Unsigned;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.smmu.spec.AddressRange;
import org.jspecify.annotations.Nullable;

/** The filters of {@code GET /vsmmus/{name}/invalidations}. */
record InvalidationQuery(
    @Parameter(
            description =
                "StreamID: commands that could touch the translations or the configuration of its"
                    + " stream",
            example = "0x900")
        @Unsigned(bits = Numbers.SID_BITS)
        @Nullable Integer sid,
    @Parameter(description = "ASID: commands that could touch entries tagged with it")
        @Unsigned(bits = Numbers.ASID_BITS)
        @Nullable Integer asid,
    @Parameter(description = "First address of the range") @Unsigned(bits = Numbers.ADDRESS_BITS)
        @Nullable Long va,
    @Parameter(description = "Length of the range from va on, in bytes; 1 if it is missing")
        @Unsigned(bits = Numbers.ADDRESS_BITS)
        @Nullable Long size,
    @Parameter(description = "First position, bookmark or instant, inclusive")
        @Nullable GivenPoint from,
    @Parameter(description = "Last position, bookmark or instant, inclusive")
        @Nullable GivenPoint to) {

  /** The filter for the invalidations of a vSMMU. */
  InvalidationFilter filter(VsmmuDirectory directory, RegisteredVsmmu vsmmu) {
    return new InvalidationFilter(
        sid,
        asid,
        addresses(),
        directory.point(vsmmu, "from", from),
        directory.point(vsmmu, "to", to));
  }

  private @Nullable AddressRange addresses() {
    if (va == null) {
      if (size != null) {
        throw ProblemException.of(
            ProblemType.MISSING_FIELD, "va", null, "the first address, as size is given");
      }
      return null;
    }
    long bytes = size == null ? 1 : size;
    if (bytes == 0) {
      throw ProblemException.invalid("size", "0", "at least 1 byte");
    }
    return AddressRange.of(va, bytes);
  }
}
