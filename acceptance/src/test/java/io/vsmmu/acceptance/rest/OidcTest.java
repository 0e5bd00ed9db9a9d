package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Signed tokens of an OpenID Connect issuer, which is a server of this process. */
class OidcTest extends RestTest {

  private static final MockOAuth2Server ISSUER = new MockOAuth2Server();
  private static final String AUDIENCE = "vsmmu";

  @DynamicPropertySource
  static void issuer(DynamicPropertyRegistry registry) {
    ISSUER.start();
    registry.add("vsmmu.access.oidc.issuer", () -> ISSUER.issuerUrl("people").toString());
    registry.add("vsmmu.access.oidc.audience", () -> AUDIENCE);
    registry.add("vsmmu.access.oidc.role-claim", () -> "realm.roles");
    registry.add("vsmmu.access.oidc.roles.operations", () -> "operator");
    registry.add("vsmmu.access.oidc.roles.staff", () -> "viewer");
    registry.add("vsmmu.access.oidc.vms-claim", () -> "vms");
  }

  private static String token(
      String issuer, String audience, long seconds, Map<String, Object> claims) {
    return ISSUER
        .issueToken(
            issuer,
            "client",
            new DefaultOAuth2TokenCallback(
                issuer, "anna", "JWT", List.of(audience), claims, seconds))
        .serialize();
  }

  private static Map<String, Object> claims(List<String> roles, List<String> vms) {
    return Map.of("realm", Map.of("roles", roles), "vms", vms);
  }

  private Answer ask(String token, String path) {
    return send(stranger("/api/v1" + path).header("Authorization", "Bearer " + token).GET());
  }

  @Test
  void the_claims_give_subject_role_and_vms() {
    String all =
        token("people", AUDIENCE, 60, claims(List.of("staff", "operations"), List.of("*")));
    String one = token("people", AUDIENCE, 60, claims(List.of("staff"), List.of("vm-of-anna")));

    assertThat(ask(all, "/session").expect(200).json().toString())
        .isEqualTo("{\"subject\":\"oidc:anna\",\"role\":\"operator\"}");
    assertThat(ask(one, "/session").expect(200).json().toString())
        .isEqualTo("{\"subject\":\"oidc:anna\",\"role\":\"viewer\",\"vms\":[\"vm-of-anna\"]}");
    ask(all, "/audit").expect(200);
    ask(one, "/audit").problem(403, "forbidden");
    ask(all, "/tokens").problem(403, "forbidden");
  }

  @Test
  void a_token_that_is_not_for_this_service_or_not_valid_is_refused() {
    Map<String, Object> good = claims(List.of("operations"), List.of("*"));
    String valid = token("people", AUDIENCE, 60, good);

    for (String refused :
        List.of(
            token("people", "another-service", 60, good),
            token("strangers", AUDIENCE, 60, good),
            token("people", AUDIENCE, -3600, good),
            token("people", AUDIENCE, 60, claims(List.of("guests"), List.of("*"))),
            token("people", AUDIENCE, 60, Map.of("vms", List.of("*"))),
            valid.substring(0, valid.length() - 8) + "AAAAAAAA",
            "not-a-token")) {
      ask(refused, "/session").problem(401, "unauthenticated");
    }
    ask(valid, "/session").expect(200);
  }

  @Test
  void without_the_claim_of_vms_nothing_is_seen() {
    String none = token("people", AUDIENCE, 60, Map.of("realm", Map.of("roles", List.of("staff"))));
    created("unseen");

    assertThat(ask(none, "/vsmmus").expect(200).json().path("items")).isEmpty();
  }
}
