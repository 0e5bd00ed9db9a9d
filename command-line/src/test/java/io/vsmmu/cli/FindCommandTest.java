package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.testing.StubService;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class FindCommandTest {

  private static final String FIND = "POST /api/v1/vsmmus/guest/find";
  private static final String ANSWER =
      """
      {"expression":"boots > 0","mode":"first","from":1,"to":9,"events":9,"occurrence":false,
      "bisected":true,"hits":[{"position":7,"sequence":6,"time":"2026-01-31T12:00:00Z",
      "type":"RegisterWritten","values":[{"path":"boots","before":0,"after":1}]}],"found":1,
      "holding":null,"buckets":[],"damage":null}\
      """;
  private static final String NOTHING =
      "{\"mode\":\"first\",\"events\":9,\"hits\":[],\"found\":0,\"buckets\":[],\"damage\":"
          + "{\"sequence\":4,\"problem\":\"byte 3\"}}";

  @AutoClose private final StubService service = new StubService();

  private Invocation find(String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "find";
    all[1] = "guest";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return Invocation.at(service, all);
  }

  @Test
  void a_hit_is_a_row_with_the_values_before_and_after() {
    service.on(FIND, 200, ANSWER);

    Invocation run = find("boots > 0");

    assertThat(run.code()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "position  time                  type             values",
            "7         2026-01-31T12:00:00Z  RegisterWritten  boots 0 -> 1");
    assertThat(service.asked().getFirst().body())
        .isEqualTo("{\"expression\":\"boots > 0\",\"mode\":\"first\"}");
  }

  @Test
  void the_options_reach_the_service() {
    service.on(FIND, 200, ANSWER);

    find("true", "--next", "12");
    find("true", "--previous", "12");
    find("true", "--last", "--to", "9");
    find("true", "--all", "--limit", "5", "--from", "3");
    find("true", "--count", "--buckets", "4");

    assertThat(service.asked().stream().map(StubService.Asked::body))
        .containsExactly(
            "{\"expression\":\"true\",\"mode\":\"next\",\"at\":12}",
            "{\"expression\":\"true\",\"mode\":\"previous\",\"at\":12}",
            "{\"expression\":\"true\",\"mode\":\"last\",\"to\":\"9\"}",
            "{\"expression\":\"true\",\"mode\":\"all\",\"from\":\"3\",\"limit\":5}",
            "{\"expression\":\"true\",\"mode\":\"all\",\"limit\":0,\"buckets\":4}");
  }

  @Test
  void options_that_exclude_each_other_are_refused() {
    assertThat(find("true", "--first", "--last").code()).isEqualTo(2);
    assertThat(find("true", "--first", "--limit", "3").code()).isEqualTo(2);
    assertThat(find("true", "--all", "--buckets", "3").code()).isEqualTo(2);
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void nothing_found_is_exit_code_1_and_the_damage_of_a_log_is_shown() {
    service.on(FIND, 200, NOTHING);

    Invocation run = find("false");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains("nothing found in 9 events", "cannot be read from sequence 4 on: byte 3");
  }

  @Test
  void the_wrong_part_of_an_expression_is_marked() {
    service.on(
        FIND,
        400,
        "{\"type\":\"/problems/malformed-expression\",\"title\":\"T\",\"status\":400,\"detail\":\"D\",\"field\":\"expression\",\"value\":\"at"
            + " character 1: 'boot'\",\"allowed\":\"boots\",\"offset\":0,\"end\":4}");

    Invocation run = find("boot > 1");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines())
        .containsExactly(
            "vsmmu: EXPRESSION has no meaning: at character 1: 'boot'",
            "boot > 1",
            "^^^^",
            "allowed: boots",
            "More: docs/find.md");
  }

  @Test
  void a_job_is_awaited_and_its_result_is_the_answer() {
    String job = "{\"id\":\"4711\",\"kind\":\"find\",\"state\":\"%s\",\"done\":3,\"total\":9";
    service
        .on(FIND, 202, job.formatted("waiting") + "}", "Location", "/api/v1/jobs/4711")
        .on("GET /api/v1/jobs/4711", 200, job.formatted("waiting") + "}")
        .on("GET /api/v1/jobs/4711", 200, job.formatted("running") + "}")
        .on("GET /api/v1/jobs/4711", 200, job.formatted("done") + ",\"result\":" + ANSWER + "}");

    Invocation run = find("boots > 0", "-o", "json");

    assertThat(run.code()).isZero();
    assertThat(run.out().strip()).isEqualTo(ANSWER.replace("\n", "").strip());
  }

  @Test
  void a_job_that_fails_says_why() {
    String job = "{\"id\":\"4711\",\"kind\":\"find\",\"state\":\"%s\",\"done\":3,\"total\":9";
    service
        .on(FIND, 202, job.formatted("waiting") + "}", "Location", "/api/v1/jobs/4711")
        .on(
            "GET /api/v1/jobs/4711",
            200,
            job.formatted("failed") + ",\"problem\":{\"detail\":\"no database\"}}");

    Invocation run = find("boots > 0");

    assertThat(run.code()).isEqualTo(4);
    assertThat(run.err()).contains("no database");
  }
}
