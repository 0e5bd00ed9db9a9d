package io.vsmmu.rest.intake;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.filter.OncePerRequestFilter;

/** A filter of the requests to the interface, as opposed to those for the console's files. */
abstract class InterfaceFilter extends OncePerRequestFilter {

  static final String API = "/api/";

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith(API);
  }
}
