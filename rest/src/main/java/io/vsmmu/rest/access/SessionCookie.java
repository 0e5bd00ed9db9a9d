package io.vsmmu.rest.access;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import org.springframework.http.ResponseCookie;

/**
 * The cookie of a session. Browsers send the cookies of a host to all of its ports, so that two
 * services on one machine need two names.
 */
final class SessionCookie {

  /** Of the name, which ends with the service's port. */
  static final String PREFIX = "vsmmu_session_";

  private SessionCookie() {}

  private static String name(HttpServletRequest request) {
    return PREFIX + request.getServerPort();
  }

  /** The secret that the request carries. */
  static Optional<String> in(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies == null) {
      return Optional.empty();
    }
    String name = name(request);
    for (Cookie cookie : cookies) {
      if (cookie.getName().equals(name)) {
        return Optional.of(cookie.getValue());
      }
    }
    return Optional.empty();
  }

  /** Sets the cookie until the browser ends. Pages cannot read it, and other sites not send it. */
  static String of(HttpServletRequest request, String secret) {
    return cookie(request, secret).build().toString();
  }

  /** Removes the cookie. */
  static String removed(HttpServletRequest request) {
    return cookie(request, "").maxAge(Duration.ZERO).build().toString();
  }

  private static ResponseCookie.ResponseCookieBuilder cookie(
      HttpServletRequest request, String secret) {
    return ResponseCookie.from(name(request), secret)
        .httpOnly(true)
        .sameSite("Strict")
        .secure(request.isSecure())
        .path("/");
  }
}
