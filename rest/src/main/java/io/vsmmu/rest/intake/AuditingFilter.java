package io.vsmmu.rest.intake;

import io.vsmmu.boundary.Boundaries;
import io.vsmmu.control.audit.AuditLog;
import io.vsmmu.control.audit.DatabaseException;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.access.Secrets;
import io.vsmmu.rest.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Writes an audit entry for every changing request before it takes effect, and refuses the request
 * if the entry cannot be written. The answer is sent after the entry is complete, so that a client
 * that has the answer finds the entry.
 */
@Component
@Order(IntakeOrder.AUDIT)
class AuditingFilter extends ChangingRequestFilter {

  private static final Logger LOGGER = System.getLogger(AuditingFilter.class.getName());

  private final AuditLog audit;
  private final Problems problems;

  AuditingFilter(AuditLog audit, Problems problems) {
    this.audit = audit;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    long entry;
    try {
      entry =
          audit.begin(
              Subject.current(), request.getMethod(), Secrets.removed(request.getRequestURI()));
    } catch (DatabaseException failed) {
      problems.write(failed, request, response);
      return;
    }
    Boundaries.reached(RequestBoundary.AUDITED);
    ContentCachingResponseWrapper answer = new ContentCachingResponseWrapper(response);
    int status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
    try {
      chain.doFilter(request, answer);
      status = answer.getStatus();
    } finally {
      finish(entry, status, request);
      Boundaries.reached(RequestBoundary.AUDIT_COMPLETED);
      answer.copyBodyToResponse();
    }
  }

  private void finish(long entry, int status, HttpServletRequest request) {
    try {
      audit.finish(entry, status, AuditTrail.vsmmu(request), AuditTrail.detail(request));
    } catch (DatabaseException failed) {
      // The request has had its effect: its entry keeps no status, as one that was interrupted.
      LOGGER.log(Level.ERROR, "Audit entry " + entry + " cannot be completed", failed);
    }
  }
}
