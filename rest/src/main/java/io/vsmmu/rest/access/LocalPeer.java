package io.vsmmu.rest.access;

import jakarta.servlet.ServletRequest;
import java.util.Optional;
import org.apache.catalina.connector.Request;

/** The user that has sent a request over the Unix socket, as the kernel says (SO_PEERCRED). */
public final class LocalPeer {

  private static final String USER = LocalPeer.class.getName();

  private LocalPeer() {}

  /** Sets the user; called by the web server only. */
  public static void set(Request request, String user) {
    request.getRequest().setAttribute(USER, user);
  }

  /** The user; empty if the request was received over TCP. */
  static Optional<String> of(ServletRequest request) {
    return Optional.ofNullable((String) request.getAttribute(USER));
  }
}
