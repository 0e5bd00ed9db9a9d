package io.vsmmu.rest.intake;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;

/**
 * Whom a request is counted for: its subject, wherever that connects from; without one the address
 * that it was sent from.
 */
public final class Client {

  private Client() {}

  /** The client of a request: a name that is the same for all requests of the client. */
  public static String of(HttpServletRequest request) {
    Principal subject = request.getUserPrincipal();
    return subject == null ? "address " + request.getRemoteAddr() : "subject " + subject.getName();
  }
}
