package io.vsmmu.rest.access;

import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Authenticates a browser by the cookie of its session. A request that may change something must
 * say that a page of this service made it: a browser sends the cookie also with requests that other
 * pages of the same site cause.
 */
final class SessionFilter extends OncePerRequestFilter {

  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
  private static final String FETCH_SITE = "Sec-Fetch-Site";
  private static final String SAME_ORIGIN = "same-origin";

  private final Sessions sessions;
  private final Refusals refusals;

  SessionFilter(Sessions sessions, Refusals refusals) {
    this.sessions = sessions;
    this.refusals = refusals;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<Caller> caller =
        request.getHeader(HttpHeaders.AUTHORIZATION) == null
            ? SessionCookie.in(request).flatMap(sessions::caller)
            : Optional.empty();
    if (caller.isPresent()) {
      if (!READING.contains(request.getMethod()) && !isOfOwnPage(request)) {
        refusals.refuse(
            ProblemException.of(
                ProblemType.FOREIGN_ORIGIN,
                HttpHeaders.ORIGIN,
                request.getHeader(HttpHeaders.ORIGIN),
                "the address of this service, for a request with the cookie of a session"),
            request,
            response);
        return;
      }
      CallerAuthentication.begin(caller.get());
    }
    chain.doFilter(request, response);
  }

  /** OriginFilter has refused every other Origin. */
  private static boolean isOfOwnPage(HttpServletRequest request) {
    String site = request.getHeader(FETCH_SITE);
    return site == null ? request.getHeader(HttpHeaders.ORIGIN) != null : site.equals(SAME_ORIGIN);
  }
}
