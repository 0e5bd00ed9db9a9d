package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.rest.access.OperationRule;
import io.vsmmu.rest.access.OperationRules;
import io.vsmmu.rest.access.Reach;
import io.vsmmu.rest.access.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Every operation of the OpenAPI document with every kind of credential. */
class EveryOperationTest extends RestTest {

  private static final String WRONG = "vsmmu_" + "x".repeat(43);

  /** What an answer says about the credential; every other one is the operation's own. */
  private record Verdict(int status, String problem) {

    static final Verdict OWN = new Verdict(0, "");
    static final Verdict UNAUTHENTICATED = new Verdict(401, "unauthenticated");
    static final Verdict FORBIDDEN = new Verdict(403, "forbidden");
    static final Verdict NOT_THERE = new Verdict(404, "not-found");
  }

  @Test
  void every_operation_has_a_rule_and_every_rule_an_operation() {
    Set<String> described = new TreeSet<>();
    JsonNode paths = send(stranger("/v3/api-docs").GET()).expect(200).json().path("paths");
    paths
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .propertyNames()
                    .forEach(method -> described.add(line(method, path.getKey()))));

    Set<String> ruled = new TreeSet<>();
    operations().forEach(rule -> ruled.add(line(rule.method(), rule.path())));

    assertThat(ruled).containsExactlyElementsOf(described);
  }

  private static String line(String method, String path) {
    return method.toUpperCase(java.util.Locale.ROOT) + " " + path;
  }

  private static List<OperationRule> operations() {
    return OperationRules.all().stream().filter(rule -> rule.path().startsWith("/api/")).toList();
  }

  @Test
  void each_answer_is_what_the_table_says() {
    String viewer = token("viewer", null);
    String operator = token("operator", null);
    String admin = token("admin", null);
    String elsewhere = token("admin", freshName("elsewhere"));

    for (OperationRule rule : operations()) {
      String vm = freshName("walked");
      post("/vms", "{\"name\":\"%s\"}".formatted(vm)).expect(201);
      String here = token("viewer", vm);
      String name = freshName("walked-vsmmu");
      post("/vsmmus", "{\"name\":\"%s\",\"vm\":\"%s\"}".formatted(name, vm)).expect(201);

      assertVerdict(rule, name, vm, null, Verdict.UNAUTHENTICATED);
      assertVerdict(rule, name, vm, WRONG, Verdict.UNAUTHENTICATED);
      assertVerdict(
          rule,
          name,
          vm,
          elsewhere,
          switch (rule.reach()) {
            case NAMED_VM -> Verdict.NOT_THERE;
            case WHOLE_SERVICE -> Verdict.FORBIDDEN;
            case PUBLIC, GENERAL, FILTERED -> Verdict.OWN;
          });
      get("/vsmmus/" + name).expect(200);
      assertVerdict(rule, name, vm, here, within(rule, Role.VIEWER, rule.reach()));
      assertVerdict(rule, name, vm, viewer, within(rule, Role.VIEWER, Reach.GENERAL));
      assertVerdict(rule, name, vm, operator, within(rule, Role.OPERATOR, Reach.GENERAL));
      assertVerdict(rule, name, vm, admin, Verdict.OWN);
      delete("/vsmmus/" + name);
      delete("/vms/" + vm);
    }
  }

  /** Of a role, where the scope either does not matter or has the VM. */
  private static Verdict within(OperationRule rule, Role role, Reach scoped) {
    return role.includes(rule.role()) && scoped != Reach.WHOLE_SERVICE
        ? Verdict.OWN
        : Verdict.FORBIDDEN;
  }

  private void assertVerdict(
      OperationRule rule, String name, String vm, @Nullable String token, Verdict expected) {
    String path =
        rule.path().replace("{name}", name).replace("{vm}", vm).replaceAll("\\{[a-z]+}", "1");
    if (rule.path().endsWith("/compare")) {
      path += "?with=" + name;
    }
    HttpRequest.Builder request =
        stranger(path)
            .header("Content-Type", "application/json")
            .method(
                rule.method(),
                rule.method().equals("GET")
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString("{}"));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    String what = rule + " as " + path + ", expected " + expected;
    try {
      // A stream does not end: its headers say enough.
      HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        if (answer.statusCode() < 400) {
          assertThat(expected).as(what).isEqualTo(Verdict.OWN);
          return;
        }
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        String type = Answer.JSON.readTree(text).path("type").asString();
        if (expected.equals(Verdict.OWN)) {
          assertThat(answer.statusCode()).as("%s: %s", what, text).isNotIn(401, 403, 500);
        } else {
          assertThat(answer.statusCode()).as("%s: %s", what, text).isEqualTo(expected.status());
          assertThat(type).as(what).isEqualTo("/problems/" + expected.problem());
        }
        if (answer.statusCode() == 401) {
          assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
              .startsWith("Bearer realm=\"vsmmu\"");
        }
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(what, failed);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void what_is_public_needs_no_credential_and_health_says_no_more_than_its_status() {
    for (String path : List.of("/", "/index.html", "/v3/api-docs", "/actuator/health/readiness")) {
      send(stranger(path).GET()).expect(200);
    }

    assertThat(send(stranger("/actuator/health").GET()).json().propertyNames())
        .doesNotContain("components", "details");
    assertThat(get("/actuator/health").expect(200).json().propertyNames()).contains("components");
    send(stranger("/actuator/prometheus").GET()).problem(401, "unauthenticated");
    send(stranger("/actuator/env").GET()).problem(401, "unauthenticated");
    send(stranger("/nothing").GET()).problem(401, "unauthenticated");
    send(stranger("/api/v1/nothing").GET()).problem(401, "unauthenticated");
    get("/nothing").problem(404, "unknown-path");
  }

  @Test
  void no_spelling_of_a_path_gets_around_its_rule() {
    String name = created("spelled");
    List<String> spellings = new ArrayList<>();
    for (String path : List.of("/api/v1/tokens", "/api/v1/vsmmus/" + name)) {
      spellings.addAll(
          List.of(
              path + "/",
              path + ";x=1",
              path.replace("/api/", "//api/"),
              path.replace("/api/", "/API/"),
              path.replace("/v1/", "/./v1/"),
              path.replace("/v1/", "/v1/../v1/"),
              path.replace("/v1/", "/%76%31/"),
              "/console/.." + path,
              "/actuator/health/.." + path,
              path.replace("/v1/", "/v1;a/"),
              path + ".json",
              path + "%20"));
    }
    for (String spelling : spellings) {
      assertThat(send(stranger(spelling).GET()).status()).as(spelling).isIn(400, 401, 404);
    }
  }

  private String token(String role, @Nullable String vm) {
    return post(
            "/tokens",
            "{\"name\":\"%s\",\"role\":\"%s\"%s}"
                .formatted(
                    freshName("walker"), role, vm == null ? "" : ",\"vms\":[\"" + vm + "\"]"))
        .expect(201)
        .json()
        .path("secret")
        .asString();
  }
}
