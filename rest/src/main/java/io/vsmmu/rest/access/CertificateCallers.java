package io.vsmmu.rest.access;

import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.springframework.security.core.userdetails.AuthenticationUserDetailsService;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/** Clients with a certificate that the TLS layer has verified, by its subject. */
final class CertificateCallers
    implements AuthenticationUserDetailsService<PreAuthenticatedAuthenticationToken> {

  private final Map<X500Principal, AccessSettings.Certificate> known = new HashMap<>();
  private final Clock clock;

  /**
   * @throws IllegalArgumentException if a subject is no distinguished name, or is there twice
   */
  CertificateCallers(List<AccessSettings.Certificate> certificates, Clock clock) {
    this.clock = clock;
    for (AccessSettings.Certificate certificate : certificates) {
      if (known.put(new X500Principal(certificate.subject()), certificate) != null) {
        throw new IllegalArgumentException(
            "vsmmu.access.certificates: '%s' is there twice".formatted(certificate.subject()));
      }
    }
  }

  @Override
  public UserDetails loadUserDetails(PreAuthenticatedAuthenticationToken token) {
    if (!(token.getCredentials() instanceof X509Certificate shown)) {
      throw new UsernameNotFoundException("no certificate");
    }
    AccessSettings.Certificate certificate = known.get(shown.getSubjectX500Principal());
    if (certificate == null) {
      throw new UsernameNotFoundException("no rule for this certificate");
    }
    return new CertificateUser(
        new Caller(
            Subjects.of("certificate", shown.getSubjectX500Principal().getName()),
            certificate.role(),
            certificate.vms().isEmpty() ? VmScope.ALL : VmScope.of(certificate.vms()),
            () -> clock.instant().isBefore(shown.getNotAfter().toInstant())));
  }
}
