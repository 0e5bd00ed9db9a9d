package io.vsmmu.rest.intake;

import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses queries that are not text, and names the parameter: malformed percent-encodings, bytes
 * that are not UTF-8, and NUL, which no text in the database can hold. It is the first to read the
 * query: Tomcat throws when a malformed parameter is asked for.
 */
@Component
@Order(IntakeOrder.TEXT)
class QueryTextFilter extends OncePerRequestFilter {

  /** What is required of a text, for clients. */
  static final String ALLOWED = "percent-encoded UTF-8 (RFC 3986) without NUL";

  private static final String NAME_OF_NONE = "query";

  private final Problems problems;

  QueryTextFilter(Problems problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<ProblemException> problem =
        Optional.ofNullable(request.getQueryString()).flatMap(QueryTextFilter::problem);
    if (problem.isPresent()) {
      problems.write(problem.get(), request, response);
    } else {
      chain.doFilter(request, response);
    }
  }

  /** What is wrong in a query; empty if nothing is. */
  static Optional<ProblemException> problem(String query) {
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      String value = equals < 0 ? "" : parameter.substring(equals + 1);
      Optional<String> decoded = PercentEncoding.decode(name);
      if (decoded.isEmpty()) {
        return Optional.of(ProblemException.invalid(NAME_OF_NONE, parameter, ALLOWED));
      }
      if (PercentEncoding.decode(value).isEmpty()) {
        return Optional.of(ProblemException.invalid(decoded.get(), value, ALLOWED));
      }
    }
    return Optional.empty();
  }
}
