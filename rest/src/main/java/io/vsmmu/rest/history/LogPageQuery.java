package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Parameter;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.rest.value.GivenPosition;
import io.vsmmu.rest.value.PageQuery;
import io.vsmmu.rest.value.WholeNumber;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import org.jspecify.annotations.Nullable;

/** The parameters {@code after} and {@code limit} of a list in the order of the log. */
record LogPageQuery(
    @Parameter(description = "The next of the page before, or a bookmark: what lies behind it")
        @Nullable GivenPosition after,
    @Parameter(description = "Items of a page, 1 to 1000, by default 100")
        @WholeNumber(first = 1, last = Keyset.MOST_ITEMS)
        @Nullable Integer limit) {

  /** The page of a list of the vSMMU. */
  PageQuery of(VsmmuDirectory directory, RegisteredVsmmu vsmmu) {
    return new PageQuery(
        after == null ? null : (Long) directory.position(vsmmu, "after", after), limit);
  }
}
