package io.vsmmu.rest.intake;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/** A filter of the requests whose methods may change something. */
abstract class ChangingRequestFilter extends InterfaceFilter {

  static final String RECORDINGS = "/api/v1/recordings";

  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  /** Whether a request's method is one that may change something. */
  static boolean mayChange(HttpServletRequest request) {
    return !READING.contains(request.getMethod());
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !mayChange(request) || super.shouldNotFilter(request);
  }
}
