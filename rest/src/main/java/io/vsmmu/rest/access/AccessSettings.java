package io.vsmmu.rest.access;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who is accepted besides the holders of the service's own tokens.
 *
 * @param tokenFile the file of the local token; null for {@code token} in the data folder
 * @param plainText whether the service may listen beyond loopback without TLS, because something in
 *     front of it ends TLS, or publishes its port on loopback only
 * @param oidc an issuer of OpenID Connect; null for none
 * @param certificates client certificates, by their subjects
 */
@ConfigurationProperties("vsmmu.access")
public record AccessSettings(
    @Nullable Path tokenFile,
    @DefaultValue("false") boolean plainText,
    @Nullable Oidc oidc,
    @DefaultValue List<Certificate> certificates) {

  /**
   * Bearer tokens of an issuer.
   *
   * @param issuer its URL, below which it has {@code /.well-known/openid-configuration}
   * @param audience what {@code aud} must contain, so that a token for another service is refused
   * @param subjectClaim the claim that names the client
   * @param roleClaim the claim with its roles, one text or a list; dots lead into objects, as in
   *     {@code realm_access.roles}
   * @param roles roles by the values of that claim; without any, the values are the roles' names
   * @param vmsClaim the claim with the names of its VMs, of which {@code *} means all; without this
   *     setting every client has all
   */
  public record Oidc(
      String issuer,
      String audience,
      @DefaultValue("sub") String subjectClaim,
      @DefaultValue("roles") String roleClaim,
      @DefaultValue Map<String, Role> roles,
      @Nullable String vmsClaim) {}

  /**
   * A client certificate that the TLS layer has verified.
   *
   * @param subject its distinguished name (RFC 2253), such as {@code CN=monitoring,O=Example}
   * @param vms names of the VMs that it may see; none for all
   */
  public record Certificate(String subject, Role role, @DefaultValue Set<String> vms) {}
}
