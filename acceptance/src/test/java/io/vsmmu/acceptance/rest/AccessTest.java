package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.scripted.guest.Await;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

/** Tokens, scopes, sessions, and what is said of refused requests. */
@ExtendWith(OutputCaptureExtension.class)
class AccessTest extends RestTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  @Autowired private EventDatabase database;

  /** A token that was made. */
  private record Made(String name, String secret) {}

  private Made token(String role, @Nullable String vm) {
    String name = freshName("holder");
    JsonNode made =
        post(
                "/tokens",
                "{\"name\":\"%s\",\"role\":\"%s\"%s}"
                    .formatted(name, role, vm == null ? "" : ",\"vms\":[\"" + vm + "\"]"))
            .expect(201)
            .json();
    return new Made(name, made.path("secret").asString());
  }

  private HttpRequest.Builder as(Made token, String path) {
    return stranger("/api/v1" + path).header("Authorization", "Bearer " + token.secret());
  }

  private Answer ask(Made token, String path) {
    return send(as(token, path).GET());
  }

  private Answer tell(Made token, String path, String json) {
    return send(
        as(token, path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  // --- tokens --------------------------------------------------------------------------------

  @Test
  void the_secret_of_a_token_is_shown_once_and_stored_nowhere() throws Exception {
    String name = freshName("shown-once");
    String body = "{\"name\":\"%s\",\"role\":\"viewer\"}".formatted(name);
    Answer made = post("/tokens", body, "Idempotency-Key", name).expect(201);
    String secret = made.json().path("secret").asString();

    assertThat(secret).matches("vsmmu_[A-Za-z0-9_-]{43}");
    assertThat(made.header("Cache-Control")).isEqualTo("no-store");
    assertThat(get("/tokens/" + name).expect(200).text()).doesNotContain(secret);
    assertThat(walk("/tokens", 1000).toString()).contains(name).doesNotContain("secret");
    post("/tokens", body, "Idempotency-Key", name).problem(409, "conflict");
    try (Connection connection = database.pool().getConnection();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("token", "audit", "idempotency")) {
        try (ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) FROM %s t WHERE position('%s' in t::text) > 0 OR position('%s' in t::text) > 0"
                    .formatted(table, secret, hex(secret)))) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).as(table).isZero();
        }
      }
    }
  }

  @Test
  void the_audit_says_which_token_was_made_and_not_its_secret() {
    String name = freshName("audited");
    String body =
        "{\"name\":\"%s\",\"role\":\"operator\",\"vms\":[\"vm2\",\"vm1\"]}".formatted(name);
    String secret = post("/tokens", body).expect(201).json().path("secret").asString();
    post("/tokens", body).problem(409, "conflict");

    List<String> details =
        walk("/audit", 1000).stream()
            .filter(entry -> entry.path("path").asString().equals("/api/v1/tokens"))
            .map(entry -> entry.path("detail").asString(""))
            .filter(detail -> detail.contains(name))
            .toList();

    assertThat(details).hasSize(2).noneMatch(detail -> detail.contains(secret));
    assertThat(details).contains("token %s, operator for vm1, vm2".formatted(name));
  }

  /** As PostgreSQL shows bytes. */
  private static String hex(String text) {
    return java.util.HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void the_holder_of_a_token_is_the_subject_of_what_it_does() {
    Made operator = token("operator", null);
    String name = freshName("by-holder");
    String subject = "token:" + operator.name();

    tell(operator, "/vsmmus", "{\"name\":\"%s\"}".formatted(name)).expect(201);
    tell(operator, "/vsmmus/" + name + "/notes", "{\"position\":\"1\",\"text\":\"x\"}");
    long position = get("/vsmmus/" + name + "/events").json().at("/items/0/position").asLong();
    JsonNode note =
        tell(
                operator,
                "/vsmmus/" + name + "/notes",
                "{\"position\":\"%d\",\"text\":\"x\"}".formatted(position))
            .expect(201)
            .json();

    assertThat(note.path("author").asString()).isEqualTo(subject);
    assertThat(get("/vsmmus/%s/events/%d".formatted(name, position)).expect(200).text())
        .contains("\"" + subject + "\"");
    assertThat(walk("/audit?vsmmu=" + name, 100))
        .isNotEmpty()
        .allSatisfy(entry -> assertThat(entry.path("subject").asString()).isEqualTo(subject));
    assertThat(ask(operator, "/session").expect(200).json().path("subject").asString())
        .isEqualTo(subject);
  }

  @Test
  void a_revoked_token_is_refused_at_once_and_its_streams_and_sessions_end() throws Exception {
    String vsmmu = created("watched");
    Made viewer = token("viewer", null);
    String cookie = cookie(send(as(viewer, "/session").POST(BodyPublishers.noBody())).expect(201));
    var stream =
        http.send(
            as(viewer, "/vsmmus/" + vsmmu + "/events:stream").build(),
            BodyHandlers.ofInputStream());
    assertThat(stream.statusCode()).isEqualTo(200);
    CompletableFuture<Boolean> ended =
        CompletableFuture.supplyAsync(
            () -> {
              try (var lines =
                  new BufferedReader(
                      new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
                while (lines.readLine() != null) {
                  continue;
                }
                return true;
              } catch (java.io.IOException broken) {
                return false;
              }
            });
    ask(viewer, "/vsmmus").expect(200);
    send(stranger("/api/v1/vsmmus").header("Cookie", cookie).GET()).expect(200);

    delete("/tokens/" + viewer.name()).expect(204);

    ask(viewer, "/vsmmus").problem(401, "unauthenticated");
    send(stranger("/api/v1/vsmmus").header("Cookie", cookie).GET()).problem(401, "unauthenticated");
    assertThat(ended.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(get("/tokens/" + viewer.name()).json().path("status").asString())
        .isEqualTo("revoked");
  }

  @Test
  void a_token_ends_when_it_expires_and_its_name_is_not_used_again() {
    String name = freshName("short");
    String secret =
        post(
                "/tokens",
                "{\"name\":\"%s\",\"role\":\"viewer\",\"expires\":\"%s\"}"
                    .formatted(name, Instant.now().plusSeconds(3)))
            .expect(201)
            .json()
            .path("secret")
            .asString();
    Made made = new Made(name, secret);
    ask(made, "/session").expect(200);

    assertThat(Await.within(LONG, PAUSE, () -> ask(made, "/session").status() == 401)).isTrue();
    assertThat(get("/tokens/" + name).json().path("status").asString()).isEqualTo("expired");
    post("/tokens", "{\"name\":\"%s\",\"role\":\"viewer\"}".formatted(name))
        .problem(409, "conflict");
  }

  @Test
  void a_token_that_cannot_be_is_refused_by_field() {
    for (String[] wrong :
        new String[][] {
          {"name", "{\"role\":\"viewer\"}"},
          {"name", "{\"name\":\"A b\",\"role\":\"viewer\"}"},
          {"role", "{\"name\":\"x1\"}"},
          {"role", "{\"name\":\"x1\",\"role\":\"root\"}"},
          {"vms", "{\"name\":\"x1\",\"role\":\"viewer\",\"vms\":[]}"},
          {"vms[0]", "{\"name\":\"x1\",\"role\":\"viewer\",\"vms\":[\"*\"]}"},
          {"expires", "{\"name\":\"x1\",\"role\":\"viewer\",\"expires\":\"2020-01-01T00:00:00Z\"}"},
          {"expires", "{\"name\":\"x1\",\"role\":\"viewer\",\"expires\":\"2999-01-01T00:00:00Z\"}"},
          {"expires", "{\"name\":\"x1\",\"role\":\"viewer\",\"expires\":\"tomorrow\"}"},
        }) {
      Answer answer = post("/tokens", wrong[1]).expect(400);
      assertThat(answer.json().path("field").asString()).as(wrong[1]).isEqualTo(wrong[0]);
    }
  }

  // --- scopes --------------------------------------------------------------------------------

  @Test
  void a_client_for_one_vm_sees_nothing_of_others() {
    String mine = freshName("mine");
    String others = freshName("others");
    for (String vm : List.of(mine, others)) {
      post("/vms", "{\"name\":\"%s\"}".formatted(vm)).expect(201);
      post("/vsmmus", "{\"name\":\"%s-0\",\"vm\":\"%s\"}".formatted(vm, vm)).expect(201);
    }
    Made operator = token("operator", mine);
    String othersId = get("/vsmmus/" + others + "-0").json().path("id").asString();
    String device = freeDevice();
    post(
            "/vsmmus/" + others + "-0/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"0x10\"}".formatted(device))
        .expect(201);

    assertThat(ask(operator, "/vsmmus?limit=1000").expect(200).json().path("items"))
        .extracting(item -> item.path("name").asString())
        .containsExactly(mine + "-0");
    assertThat(ask(operator, "/vms?limit=1000").expect(200).json().path("items"))
        .extracting(item -> item.path("name").asString())
        .containsExactly(mine);
    ask(operator, "/vsmmus/" + mine + "-0").expect(200);
    for (String name : List.of(others + "-0", othersId)) {
      for (String path : List.of("", "/events", "/export", "/events:stream", "/state", "/notes")) {
        ask(operator, "/vsmmus/" + name + path).problem(404, "not-found");
      }
      ask(operator, "/vsmmus/%s-0/compare?with=%s".formatted(mine, name)).problem(404, "not-found");
      tell(operator, "/replays", "{\"vsmmu\":\"%s\"}".formatted(name)).problem(404, "not-found");
    }
    ask(operator, "/vms/" + others).problem(404, "not-found");
    assertThat(ask(operator, "/vsmmus/" + others + "-1").problem(404, "not-found").toString())
        .doesNotContain(others + "-0");
    assertThat(ask(operator, "/hosts/local").expect(200).text())
        .contains(device)
        .doesNotContain(others);
    ask(operator, "/audit").problem(403, "forbidden");
    ask(operator, "/recordings").problem(403, "forbidden");
    tell(operator, "/vsmmus", "{\"name\":\"%s-1\",\"vm\":\"%s\"}".formatted(others, others))
        .problem(403, "forbidden");
    tell(operator, "/vsmmus", "{\"name\":\"%s-own\"}".formatted(mine)).problem(403, "forbidden");
    tell(operator, "/vsmmus", "{\"name\":\"%s-1\",\"vm\":\"%s\"}".formatted(mine, mine))
        .expect(201);
    delete("/vsmmus/" + others + "-0").expect(204);
  }

  private String freeDevice() {
    for (JsonNode device : get("/hosts/local").expect(200).json().path("devices")) {
      if (device.path("assignable").asBoolean()) {
        return device.path("address").asString();
      }
    }
    throw new IllegalStateException("no free device");
  }

  @Test
  void a_replay_and_a_job_of_another_client_are_not_found() {
    accelerated();
    Made viewer = token("viewer", null);
    Made elsewhere = token("admin", freshName("elsewhere"));
    String replay = post("/replays", "{\"vsmmu\":\"accelerated\"}").expect(202).header("Location");
    String id = Objects.requireNonNull(replay).replace("/api/v1", "");

    ask(viewer, id).expect(200);
    ask(elsewhere, id).problem(404, "not-found");
    send(as(elsewhere, id).DELETE()).problem(404, "not-found");
  }

  @Test
  void a_viewer_asks_what_if_but_keeps_nothing() {
    accelerated();
    Made viewer = token("viewer", null);
    String kept = freshName("kept");

    tell(viewer, "/vsmmus/accelerated/what-ifs", "{\"set\":{\"ril\":\"off\"}}").expect(200);
    tell(
            viewer,
            "/vsmmus/accelerated/what-ifs",
            "{\"set\":{\"ril\":\"off\"},\"keep\":\"%s\"}".formatted(kept))
        .problem(403, "forbidden");
    get("/vsmmus/" + kept).expect(404);
  }

  // --- sessions ------------------------------------------------------------------------------

  private static String cookie(Answer answer) {
    String header = Objects.requireNonNull(answer.header("Set-Cookie"));
    return header.substring(0, header.indexOf(';'));
  }

  @Test
  void a_code_begins_one_session_and_nothing_else() {
    Made viewer = token("viewer", null);
    String code = tell(viewer, "/session/codes", "").expect(201).json().path("code").asString();
    Made shown = new Made("code", code);

    ask(shown, "/vsmmus").problem(401, "unauthenticated");
    // Shown for something else it was not used up, and not accepted.
    Answer begun = send(as(shown, "/session").POST(BodyPublishers.noBody())).expect(201);
    send(as(shown, "/session").POST(BodyPublishers.noBody())).problem(401, "unauthenticated");

    assertThat(begun.header("Set-Cookie")).contains("HttpOnly", "SameSite=Strict", "Path=/");
    assertThat(begun.json().path("subject").asString()).isEqualTo("token:" + viewer.name());
    String cookie = cookie(begun);
    send(stranger("/api/v1/vsmmus").header("Cookie", cookie).GET()).expect(200);
    Answer over =
        send(stranger("/api/v1/session")
                .header("Cookie", cookie)
                .header("Sec-Fetch-Site", "same-origin")
                .DELETE())
            .expect(204);
    assertThat(over.header("Set-Cookie")).contains("Max-Age=0");
    send(stranger("/api/v1/vsmmus").header("Cookie", cookie).GET()).problem(401, "unauthenticated");
  }

  @Test
  void a_change_with_a_cookie_must_come_from_a_page_of_the_service() {
    String cookie = cookie(send(request("/session").POST(BodyPublishers.noBody())).expect(201));
    String own = "http://127.0.0.1:" + port;
    String name = freshName("forged");

    assertThat(create(name, cookie).problem(403, "foreign-origin").toString()).contains("cookie");
    create(name, cookie, "Sec-Fetch-Site", "same-site").problem(403, "foreign-origin");
    create(name, cookie, "Sec-Fetch-Site", "cross-site").problem(403, "foreign-origin");
    create(name, cookie, "Sec-Fetch-Site", "none").problem(403, "foreign-origin");
    create(name, cookie, "Origin", "http://127.0.0.1:1").problem(403, "foreign-origin");
    create(name, cookie, "Origin", "null").problem(403, "foreign-origin");
    get("/vsmmus/" + name).expect(404);
    create(name, cookie, "Sec-Fetch-Site", "same-origin", "Origin", own).expect(201);
    create(freshName("forged"), cookie, "Origin", own).expect(201);
  }

  private Answer create(String name, String cookie, String... headers) {
    HttpRequest.Builder request =
        stranger("/api/v1/vsmmus")
            .header("Cookie", cookie)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"name\":\"%s\"}".formatted(name)));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  @Test
  void another_site_gets_no_answer_whatever_the_credential() {
    send(request("/vsmmus").header("Sec-Fetch-Site", "cross-site").GET())
        .problem(403, "foreign-origin");
    Answer preflight =
        send(
            stranger("/api/v1/vsmmus")
                .header("Origin", "https://example.org")
                .header("Access-Control-Request-Method", "POST")
                .method("OPTIONS", BodyPublishers.noBody()));
    assertThat(preflight.status()).isEqualTo(403);
    assertThat(preflight.header("Access-Control-Allow-Origin")).isNull();
  }

  // --- what is said of it --------------------------------------------------------------------

  @Test
  void no_secret_is_in_the_log_or_in_the_audit(CapturedOutput output) {
    Made valid = token("operator", null);
    String wrong = "vsmmu_" + "Wr0ng-".repeat(8);
    String jwt = "eyJhbGciOiJub25lIn0." + "eyJzdWIiOiJ4In0" + ".c2lnbmF0dXJl";
    for (String secret : List.of(valid.secret(), wrong, jwt)) {
      Made shown = new Made("shown", secret);
      ask(shown, "/vsmmus");
      send(stranger("/api/v1/vsmmus").header("Cookie", "vsmmu_session_" + port + "=" + secret));
      tell(valid, "/vsmmus?access_token=" + secret, "{}");
      tell(valid, "/vsmmus?token=" + secret, "{\"name\":\"" + secret + "\"}");
      tell(valid, "/vsmmus/" + secret + ":reset", "");
      tell(valid, "/vsmmus/" + secret + "/devices", "{\"hostDevice\":\"" + secret + "\"}");
      tell(shown, "/tokens", "{\"name\":\"" + secret + "\",\"" + secret + "\":1}");
      post("/tokens", "{\"name\":\"" + secret + "\",\"role\":\"" + secret + "\"}");
      post("/tokens", "{\"name\":\"x\",\"role\":\"viewer\",\"" + secret + "\":1}");
      send(
          as(valid, "/vsmmus")
              .header("Idempotency-Key", secret)
              .POST(BodyPublishers.ofString("{}")));
      upload("/recordings?format=qemu-trace&file=" + secret, new byte[] {1});
    }

    String audit = walk("/audit", 1000).toString();
    for (String secret : List.of(valid.secret(), wrong, jwt, TestToken.SECRET)) {
      assertThat(audit.contains(secret)).as("in the audit").isFalse();
      assertThat(output.getAll().contains(secret)).as("in the log").isFalse();
    }
  }

  @Test
  void a_flood_of_refused_requests_is_counted_and_does_not_fill_the_audit() {
    int before = walk("/audit?status=401", 1000).size();
    double counted = refused();

    for (int i = 0; i < 400; i++) {
      send(stranger("/api/v1/vsmmus/flood-" + i).GET()).expect(401);
    }

    assertThat(refused() - counted).isGreaterThanOrEqualTo(400);
    // Sixty a minute; the flood may meet two minutes.
    assertThat(walk("/audit?status=401", 1000).size() - before).isLessThanOrEqualTo(120);
  }

  private double refused() {
    return get("/actuator/prometheus")
        .expect(200)
        .text()
        .lines()
        .filter(line -> line.startsWith("vsmmu_refused_requests_total{") && line.contains("401"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
