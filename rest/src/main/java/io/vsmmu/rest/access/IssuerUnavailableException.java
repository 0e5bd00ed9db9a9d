package io.vsmmu.rest.access;

import org.springframework.security.core.AuthenticationException;

/** A signed token cannot be judged, because its issuer does not answer. */
final class IssuerUnavailableException extends AuthenticationException {

  private static final long serialVersionUID = 1L;

  IssuerUnavailableException(String issuer, Throwable cause) {
    super("The keys of the issuer %s cannot be read; try again later".formatted(issuer), cause);
  }
}
