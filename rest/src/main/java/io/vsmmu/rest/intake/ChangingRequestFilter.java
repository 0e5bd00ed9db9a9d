package io.vsmmu.rest.intake;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.web.filter.OncePerRequestFilter;

/** A filter of the requests whose methods may change something. */
abstract class ChangingRequestFilter extends OncePerRequestFilter {

  static final String RECORDINGS = "/api/v1/recordings";

  private static final String API = "/api/";
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return READING.contains(request.getMethod()) || !request.getRequestURI().startsWith(API);
  }
}
