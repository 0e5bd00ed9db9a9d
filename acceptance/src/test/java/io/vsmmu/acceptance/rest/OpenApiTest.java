package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.rest.access.OperationRule;
import io.vsmmu.rest.access.OperationRules;
import io.vsmmu.rest.access.Reach;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

class OpenApiTest extends RestTest {

  private static final Path CHECKED_IN = Path.of("../docs/api/openapi.json");
  private static final String WRITE = "openapi.write";

  @Test
  void the_checked_in_description_is_that_of_the_service() throws IOException {
    String described = described();
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(CHECKED_IN, described);
    }

    assertThat(Files.readString(CHECKED_IN))
        .as(
            "docs/api/openapi.json is not what /v3/api-docs says. If the change is meant, write it"
                + " with: ./mvnw -pl acceptance -am test -Dtest=OpenApiTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -D%s=true",
            WRITE)
        .isEqualTo(described);
  }

  @Test
  void every_operation_has_an_id_a_summary_and_problems() {
    JsonNode api = api();
    Set<String> ids = new HashSet<>();

    assertThat(api.path("openapi").asString()).startsWith("3.1");
    for (JsonNode path : api.path("paths")) {
      for (JsonNode operation : path) {
        assertThat(ids.add(operation.path("operationId").asString())).isTrue();
        assertThat(operation.path("summary").asString()).isNotBlank();
        assertThat(operation.at("/responses/default/content").propertyNames())
            .containsExactly("application/problem+json");
      }
    }
    assertThat(ids).hasSizeGreaterThan(25).doesNotContain("");
  }

  @Test
  void every_operation_says_who_may_call_it_and_how_a_client_is_refused() {
    JsonNode api = api();

    assertThat(api.at("/components/securitySchemes/bearer/scheme").asString()).isEqualTo("bearer");
    assertThat(api.at("/components/securitySchemes/session/in").asString()).isEqualTo("cookie");
    assertThat(api.at("/components/securitySchemes/certificate/type").asString())
        .isEqualTo("mutualTLS");
    assertThat(api.path("security")).hasSize(3);
    for (OperationRule rule : OperationRules.all()) {
      if (rule.path().startsWith("/api/")) {
        JsonNode operation =
            api.path("paths").path(rule.path()).path(rule.method().toLowerCase(Locale.ROOT));
        assertThat(operation.path("x-role").asString(""))
            .as("%s", rule)
            .isEqualTo(rule.role().toString());
        assertThat(operation.path("x-all-vms").asBoolean())
            .as("%s", rule)
            .isEqualTo(rule.reach() == Reach.WHOLE_SERVICE);
        assertThat(operation.path("responses").propertyNames())
            .as("%s", rule)
            .contains("401", "403");
      }
    }
  }

  /** Without what differs between two runs: the address. */
  private String described() {
    JsonMapper mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    return mapper.writeValueAsString(api()).replace("\r\n", "\n") + "\n";
  }

  private JsonNode api() {
    Answer answer =
        send(
            java.net.http.HttpRequest.newBuilder(
                    java.net.URI.create("http://127.0.0.1:" + port + "/v3/api-docs"))
                .GET());
    return Answer.JSON.readTree(new String(answer.expect(200).bytes(), StandardCharsets.UTF_8));
  }
}
