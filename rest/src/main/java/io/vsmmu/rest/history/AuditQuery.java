package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Parameter;
import io.vsmmu.control.audit.AuditFilter;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.WholeNumber;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The filters of {@code GET /audit}. */
record AuditQuery(
    @Nullable String subject,
    @Parameter(description = "POST, PUT, PATCH or DELETE") @Nullable String method,
    @Nullable String vsmmu,
    @Parameter(description = "Status of the answer") @WholeNumber(first = 100, last = 599)
        @Nullable Integer status,
    @Parameter(description = "First instant, inclusive") @Nullable Instant from,
    @Parameter(description = "Last instant, inclusive") @Nullable Instant to) {

  /** The methods of requests that change something, which alone are audited. */
  private static final Set<String> METHODS = Set.of("POST", "PUT", "PATCH", "DELETE");

  /**
   * @param after id of the entry behind which the page begins
   */
  AuditFilter filter(long after) {
    if (method != null && !METHODS.contains(method)) {
      throw ProblemException.invalid("method", method, "POST, PUT, PATCH or DELETE");
    }
    return new AuditFilter(after, subject, method, vsmmu, status, from, to);
  }
}
