package io.vsmmu.rest.intake;

import io.vsmmu.problem.Problem;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Bounds the requests of one client that are worked on at the same time. A stream of events takes
 * no place once it was opened.
 */
@Component
@Order(IntakeOrder.TURN)
class RequestTurnFilter extends InterfaceFilter {

  private final RequestLimits limits;
  private final RequestTurns turns;
  private final Problems problems;

  RequestTurnFilter(RequestLimits limits, Problems problems) {
    this.limits = limits;
    this.turns = new RequestTurns(limits.requestsInProgress());
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String client = Client.of(request);
    if (!entered(client)) {
      problems.write(
          ProblemException.of(
              ProblemType.TOO_MANY_REQUESTS,
              List.of(
                  new Problem(
                      "client",
                      client,
                      "at most %d requests that are worked on for longer than %d ms"
                          .formatted(limits.requestsInProgress(), limits.turnWait().toMillis()),
                      "wait for the answers of the others"))),
          request,
          response);
      return;
    }
    try {
      chain.doFilter(request, response);
    } finally {
      turns.leave(client);
    }
  }

  private boolean entered(String client) {
    try {
      return turns.enter(client, limits.turnWait());
    } catch (InterruptedException ending) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
