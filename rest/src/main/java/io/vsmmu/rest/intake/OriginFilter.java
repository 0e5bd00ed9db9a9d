package io.vsmmu.rest.intake;

import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.problem.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses requests that a page of another site makes a browser send. While the service listens on
 * loopback only, it also refuses host names that were made to resolve to it (DNS rebinding).
 */
@Component
@Order(IntakeOrder.ORIGIN)
class OriginFilter extends OncePerRequestFilter {

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /** The header in which browsers say what kind of page made a request (Fetch Metadata, 2.4). */
  private static final String FETCH_SITE = "Sec-Fetch-Site";

  private static final Set<String> FOREIGN_SITES = Set.of("cross-site", "same-site");

  private final Set<String> names;
  private final boolean anyName;
  private final Problems problems;

  OriginFilter(
      @Value("${server.address:127.0.0.1}") InetAddress address,
      @Value("${vsmmu.allowed-hosts:}") List<String> more,
      Problems problems) {
    this.names = new HashSet<>(LOOPBACK);
    more.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    this.anyName = !address.isLoopbackAddress() && more.isEmpty();
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String host = request.getHeader(HttpHeaders.HOST);
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    String site = request.getHeader(FETCH_SITE);
    if (host != null && !anyName && !names.contains(name(host))) {
      refuse("Host", host, names.toString(), request, response);
    } else if (origin != null && !authority(origin).equalsIgnoreCase(String.valueOf(host))) {
      refuse("Origin", origin, "the address of this service", request, response);
    } else if (FOREIGN_SITES.contains(String.valueOf(site)) && !mayNavigate(request)) {
      refuse(FETCH_SITE, String.valueOf(site), "same-origin or none", request, response);
    } else {
      chain.doFilter(request, response);
    }
  }

  /** A link on another page may lead here. */
  private static boolean mayNavigate(HttpServletRequest request) {
    return request.getMethod().equals("GET") && !request.getRequestURI().startsWith("/api/");
  }

  private void refuse(
      String header,
      String value,
      String allowed,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    problems.write(
        ProblemException.of(ProblemType.FOREIGN_ORIGIN, header, value, allowed), request, response);
  }

  /** The host's name without its port, in lower case. */
  private static String name(String host) {
    int port = host.lastIndexOf(':');
    String name = port > host.lastIndexOf(']') ? host.substring(0, port) : host;
    return name.toLowerCase(Locale.ROOT);
  }

  private static String authority(String origin) {
    try {
      return String.valueOf(URI.create(origin).getAuthority());
    } catch (IllegalArgumentException malformed) {
      return "";
    }
  }
}
