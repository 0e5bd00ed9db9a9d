package io.vsmmu.rest.intake;

import io.vsmmu.problem.Problem;
import io.vsmmu.rest.access.AuditTrail;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Refuses requests of a client that asks faster than it may, and changes of a vSMMU that is changed
 * faster than it may be. A refused request leaves no entry in the audit log, which would be a
 * transaction of the database.
 */
@Component
@Order(IntakeOrder.RATE)
class RequestRateFilter extends InterfaceFilter {

  private final RequestLimits limits;
  private final RequestRates clients;
  private final RequestRates vsmmus;
  private final Problems problems;

  RequestRateFilter(RequestLimits limits, Problems problems) {
    this.limits = limits;
    this.clients = new RequestRates(limits.requestsPerSecond(), limits.requestsAtOnce());
    this.vsmmus = new RequestRates(limits.changesPerSecond(), limits.changesAtOnce());
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String client = Client.of(request);
    Duration wait = clients.take(client);
    if (wait.isPositive()) {
      String most =
          "at most %d requests in a second after %d at once"
              .formatted(limits.requestsPerSecond(), limits.requestsAtOnce());
      refuse("client", client, most, wait, request, response);
      return;
    }
    String vsmmu = ChangingRequestFilter.mayChange(request) ? AuditTrail.vsmmu(request) : null;
    wait = vsmmu == null ? Duration.ZERO : vsmmus.take(vsmmu);
    if (vsmmu != null && wait.isPositive()) {
      String most =
          "at most %d changes of one vSMMU in a second after %d at once"
              .formatted(limits.changesPerSecond(), limits.changesAtOnce());
      refuse("vsmmu", vsmmu, most, wait, request, response);
      return;
    }
    chain.doFilter(request, response);
  }

  private void refuse(
      String field,
      String value,
      String most,
      Duration wait,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    long seconds = wait.plusSeconds(1).minusNanos(1).toSeconds();
    response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
    problems.write(
        ProblemException.of(
            ProblemType.TOO_MANY_REQUESTS,
            List.of(new Problem(field, value, most, "ask again after Retry-After"))),
        request,
        response);
  }
}
