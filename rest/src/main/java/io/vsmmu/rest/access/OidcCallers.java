package io.vsmmu.rest.access;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;

/** Clients with a signed token of an OpenID Connect issuer. */
final class OidcCallers {

  private static final String ALL_VMS = "*";

  private final AccessSettings.Oidc settings;
  private final JwtDecoder decoder;
  private final Clock clock;

  OidcCallers(AccessSettings.Oidc settings, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    // Asks the issuer when the first token is shown: a service starts without it.
    this.decoder = new SupplierJwtDecoder(() -> decoder(settings));
  }

  private static JwtDecoder decoder(AccessSettings.Oidc settings) {
    NimbusJwtDecoder decoder = NimbusJwtDecoder.withIssuerLocation(settings.issuer()).build();
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            JwtValidators.createDefaultWithIssuer(settings.issuer()),
            new JwtClaimValidator<Instant>(JwtClaimNames.EXP, Objects::nonNull),
            new JwtClaimValidator<Collection<String>>(
                JwtClaimNames.AUD,
                audience -> audience != null && audience.contains(settings.audience()))));
    return decoder;
  }

  /**
   * The client that has shown a token.
   *
   * @return empty if the token is not valid, or names no subject or no role
   * @throws IssuerUnavailableException if the issuer's keys cannot be read
   */
  Optional<Caller> caller(String token) {
    try {
      return caller(decoder.decode(token));
    } catch (BadJwtException refused) {
      return Optional.empty();
    } catch (JwtException unavailable) {
      throw new IssuerUnavailableException(settings.issuer(), unavailable);
    }
  }

  private Optional<Caller> caller(Jwt token) {
    Object subject = token.getClaim(settings.subjectClaim());
    Optional<Role> role = role(token);
    Instant expires = token.getExpiresAt();
    if (!(subject instanceof String name) || name.isBlank() || role.isEmpty() || expires == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Caller(
            Subjects.of("oidc", name),
            role.get(),
            scope(token),
            () -> clock.instant().isBefore(expires)));
  }

  /** The greatest of the roles that the claim gives. */
  private Optional<Role> role(Jwt token) {
    return texts(claim(token.getClaims(), settings.roleClaim()))
        .flatMap(value -> role(value).stream())
        .max(Comparator.naturalOrder());
  }

  private Optional<Role> role(String value) {
    if (!settings.roles().isEmpty()) {
      return Optional.ofNullable(settings.roles().get(value));
    }
    return Stream.of(Role.values()).filter(role -> role.toString().equals(value)).findFirst();
  }

  private VmScope scope(Jwt token) {
    String claim = settings.vmsClaim();
    if (claim == null) {
      return VmScope.ALL;
    }
    List<String> vms = texts(claim(token.getClaims(), claim)).toList();
    return vms.contains(ALL_VMS) ? VmScope.ALL : VmScope.of(vms);
  }

  private static Stream<String> texts(@Nullable Object claim) {
    return switch (claim) {
      case String text -> Stream.of(text.split(" ", -1)).filter(part -> !part.isEmpty());
      case Collection<?> all ->
          all.stream().filter(String.class::isInstance).map(String.class::cast);
      case null, default -> Stream.empty();
    };
  }

  private static @Nullable Object claim(Map<String, Object> claims, String path) {
    if (claims.containsKey(path)) {
      return claims.get(path);
    }
    Object found = claims;
    for (String step : path.split("\\.", -1)) {
      found = found instanceof Map<?, ?> object ? object.get(step) : null;
    }
    return found;
  }
}
