package io.vsmmu.rest.access;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.HttpFirewall;

/**
 * Passes each request as it is. Tomcat and this service's own filters refuse malformed paths and
 * headers with problems that name them, and rules are matched by the same parser of paths as
 * handlers, so that no spelling of a path has the one without the other ({@link RuledHandlers}).
 */
final class PassingFirewall implements HttpFirewall {

  @Override
  public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
    return new FirewalledRequest(request) {
      @Override
      public void reset() {
        // Nothing was changed.
      }
    };
  }

  @Override
  public HttpServletResponse getFirewalledResponse(HttpServletResponse response) {
    return response;
  }
}
