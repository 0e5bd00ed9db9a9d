package io.vsmmu.rest.access;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/** Authenticates a client of the Unix socket by its user. A token that it shows counts instead. */
final class PeerFilter extends OncePerRequestFilter {

  private final PeerCallers peers;

  PeerFilter(PeerCallers peers) {
    this.peers = peers;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<Caller> caller =
        request.getHeader(HttpHeaders.AUTHORIZATION) == null
            ? LocalPeer.of(request).flatMap(peers::caller)
            : Optional.empty();
    caller.ifPresent(CallerAuthentication::begin);
    chain.doFilter(request, response);
  }
}
