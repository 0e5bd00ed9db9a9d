package io.vsmmu.rest.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/**
 * The clients that show a bearer token: the local one, a named one, that of an issuer, or, to begin
 * a session, a one-time code.
 */
final class BearerCallers implements AuthenticationManagerResolver<HttpServletRequest> {

  private static final String SESSION = "/api/v1/session";

  private final LocalToken local;
  private final NamedTokens named;
  private final OneTimeCodes codes;
  private final @Nullable OidcCallers issuer;

  /**
   * @param issuer null if none is configured
   */
  BearerCallers(
      LocalToken local, NamedTokens named, OneTimeCodes codes, @Nullable OidcCallers issuer) {
    this.local = local;
    this.named = named;
    this.codes = codes;
    this.issuer = issuer;
  }

  @Override
  public AuthenticationManager resolve(HttpServletRequest request) {
    boolean begins = request.getMethod().equals("POST") && request.getRequestURI().equals(SESSION);
    return authentication ->
        authentication instanceof BearerTokenAuthenticationToken shown
            ? new CallerAuthentication(
                caller(shown.getToken(), begins)
                    .orElseThrow(() -> new InvalidBearerTokenException("not valid")))
            : authentication;
  }

  private Optional<Caller> caller(String token, boolean begins) {
    if (token.startsWith(Secrets.CODE_PREFIX)) {
      return begins ? codes.use(token) : Optional.empty();
    }
    if (token.startsWith(Secrets.PREFIX)) {
      byte[] hash = Secrets.hash(token);
      return local.caller(hash).or(() -> named.caller(hash));
    }
    return issuer == null ? Optional.empty() : issuer.caller(token);
  }
}
