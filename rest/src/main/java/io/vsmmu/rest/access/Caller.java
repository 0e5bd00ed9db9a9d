package io.vsmmu.rest.access;

import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * The client of a request, authenticated.
 *
 * @param subject who it is, for the log and the audit: {@link #LOCAL}, {@code token:NAME}, {@code
 *     oidc:SUBJECT} or {@code certificate:NAME}, at most {@link AccessLimits#SUBJECT_CHARS}
 *     characters
 * @param credential what it has shown
 */
public record Caller(String subject, Role role, VmScope scope, Credential credential) {

  /** The subject of the token in the data directory. */
  public static final String LOCAL = "local";

  /**
   * The caller of the request that this thread handles.
   *
   * @throws IllegalStateException if it handles none, or one without a valid credential
   */
  public static Caller current() {
    return find()
        .orElseThrow(() -> new IllegalStateException("This thread handles no client's request"));
  }

  /** The caller of the request that this thread handles; empty if it has no valid credential. */
  static Optional<Caller> find() {
    return of(SecurityContextHolder.getContext().getAuthentication());
  }

  static Optional<Caller> of(@org.jspecify.annotations.Nullable Authentication authentication) {
    if (authentication == null || !authentication.isAuthenticated()) {
      return Optional.empty();
    }
    return switch (authentication.getPrincipal()) {
      case Caller caller -> Optional.of(caller);
      case CertificateUser user -> Optional.of(user.caller());
      case null, default -> Optional.empty();
    };
  }
}
