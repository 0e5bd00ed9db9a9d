package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.job.Job;
import io.vsmmu.control.job.JobLimits;
import io.vsmmu.control.job.Jobs;
import io.vsmmu.scripted.guest.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** {@code POST .../find} on a real recording. */
class FindTest extends RestTest {

  private static final String TRANSLATES = "streams[\\\"0x900\\\"].configuration == 'TRANSLATE'";

  @Autowired private Jobs jobs;

  private Answer find(String members) {
    accelerated();
    return post("/vsmmus/accelerated/find", "{" + members + "}");
  }

  private JsonNode found(String members) {
    return find(members).expect(200).json();
  }

  private static String expression(String text) {
    return "\"expression\":\"" + text.replace("\"", "\\\"") + "\"";
  }

  /** The events of the stream, as its history has them. */
  private List<JsonNode> history() {
    List<JsonNode> items = new ArrayList<>();
    get("/vsmmus/accelerated/streams/0x900/history?limit=1000")
        .expect(200)
        .json()
        .path("items")
        .forEach(items::add);
    return items;
  }

  @Test
  void the_first_position_is_where_the_stream_begins_to_translate() {
    JsonNode answer = found("\"expression\":\"" + TRANSLATES + "\"");

    JsonNode begins =
        history().stream()
            .filter(item -> item.path("configuration").asString("").equals("TRANSLATE"))
            .findFirst()
            .orElseThrow();
    JsonNode hit = answer.at("/hits/0");
    assertThat(answer.path("mode").asString()).isEqualTo("first");
    assertThat(hit.path("position")).isEqualTo(begins.path("position"));
    assertThat(hit.path("type").asString()).isEqualTo("StreamConfigured");
    assertThat(hit.at("/values/0/path").asString()).isEqualTo("streams[\"0x900\"].configuration");
    assertThat(hit.at("/values/0/after").asString()).isEqualTo("TRANSLATE");
    assertThat(hit.at("/values/0/before").asString()).isNotEqualTo("TRANSLATE");
  }

  @Test
  void every_mode_agrees_with_the_states_at_the_positions_it_names() {
    JsonNode all = found("\"expression\":\"" + TRANSLATES + "\",\"mode\":\"all\",\"buckets\":10");
    long holding = 0;
    for (JsonNode hit : all.path("hits")) {
      long from = hit.path("position").asLong();
      long to = hit.path("to").asLong();
      holding += hit.path("events").asLong();
      assertThat(configuration(from)).isEqualTo("TRANSLATE");
      assertThat(configuration(from - 1)).isNotEqualTo("TRANSLATE");
      assertThat(configuration(to)).isEqualTo("TRANSLATE");
      JsonNode next =
          found(
              "\"expression\":\"%s\",\"mode\":\"next\",\"at\":%d".formatted(TRANSLATES, from - 1));
      assertThat(next.at("/hits/0/position").asLong()).isEqualTo(from);
      JsonNode previous =
          found(
              "\"expression\":\"%s\",\"mode\":\"previous\",\"at\":%d"
                  .formatted(TRANSLATES, from + 1));
      assertThat(previous.at("/hits/0/position").asLong()).isEqualTo(from);
    }
    JsonNode hits = all.path("hits");
    JsonNode last = found("\"expression\":\"" + TRANSLATES + "\",\"direction\":\"backward\"");
    assertThat(last.at("/hits/0/position")).isEqualTo(hits.get(hits.size() - 1).path("to"));
    assertThat(all.path("found").asLong()).isEqualTo(hits.size());
    assertThat(all.path("holding").asLong()).isEqualTo(holding);
    assertThat(all.path("buckets").size()).isEqualTo(10);
  }

  private String configuration(long position) {
    JsonNode state = get("/vsmmus/accelerated/state?at=" + position).expect(200).json();
    for (JsonNode stream : state.path("streams")) {
      if (stream.path("sid").asString().equals("0x900")) {
        return stream.path("configuration").asString();
      }
    }
    return "";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          registers.CR0.SMUEN == 1                  | 14 | 19 | did you mean 'SMMUEN'
          streams["0x900"].configuration = 'X'      | 31 | 32 | '=='
          1 +                                       | 3  | 3  | a name
          event.type == 'StreamConfgured'           | 14 | 31 | did you mean 'StreamConfigured'
          """)
  void an_expression_without_meaning_is_refused_with_the_place(
      String text, int offset, int end, String allowed) {
    JsonNode problem = find(expression(text)).problem(400, "malformed-expression");

    assertThat(problem.path("field").asString()).isEqualTo("expression");
    assertThat(problem.path("offset").asInt()).isEqualTo(offset);
    assertThat(problem.path("end").asInt()).isEqualTo(end);
    assertThat(problem.path("allowed").asString()).contains(allowed);
  }

  @Test
  void what_is_missing_or_contradicts_itself_is_refused() {
    String always = expression("true");
    find("").problem(400, "missing-field");
    find(always + ",\"mode\":\"next\"").problem(400, "missing-field");
    find(always + ",\"mode\":\"frist\"").problem(400, "invalid-field");
    find(always + ",\"at\":3").problem(400, "invalid-field");
    find(always + ",\"limit\":3").problem(400, "invalid-field");
    find(always + ",\"mode\":\"all\",\"limit\":1001").problem(400, "invalid-field");
    find(always + ",\"mode\":\"first\",\"direction\":\"backward\"").problem(400, "invalid-field");
    find(always + ",\"from\":\"yesterday\"").problem(400, "invalid-field");
    find(always + ",\"to\":9999999999").problem(404, "not-in-log");
    find(always + ",\"mode\":\"next\",\"at\":9999999999").problem(404, "not-in-log");
    find(always + ",\"to\":0").problem(404, "not-in-log");
    find(always + ",\"from\":%d,\"to\":%d".formatted(last(), last() - 1))
        .problem(400, "invalid-field");
    find(expression("(".repeat(1000) + "true" + ")".repeat(1000)))
        .problem(400, "malformed-expression");
    post("/vsmmus/acceleratd/find", "{" + always + "}").problem(404, "not-found");
  }

  /** Position of the newest event of the recording. */
  private long last() {
    return found(expression("true") + ",\"mode\":\"last\"").at("/hits/0/position").asLong();
  }

  @Test
  void a_position_of_another_vsmmu_stands_for_the_event_before_it() {
    long end = last();
    String other = created("between");
    long foreign =
        get("/vsmmus/%s/events".formatted(other))
            .expect(200)
            .json()
            .at("/items/0/position")
            .asLong();

    JsonNode answer = found(expression("true") + ",\"mode\":\"last\",\"to\":" + foreign);

    assertThat(foreign).isGreaterThan(end);
    assertThat(answer.at("/hits/0/position").asLong()).isEqualTo(end);
    assertThat(answer.path("to").asLong()).isEqualTo(end);
  }

  @Test
  void a_search_that_matches_everything_has_a_limited_answer_with_all_counted() {
    JsonNode answer = found(expression("event.sequence >= 0") + ",\"mode\":\"all\",\"limit\":5");

    assertThat(answer.path("hits").size()).isEqualTo(5);
    assertThat(answer.path("found")).isEqualTo(answer.path("events"));
    assertThat(answer.path("occurrence").asBoolean()).isTrue();
  }

  @Test
  void a_count_is_found_without_reading_every_event() {
    JsonNode answer = found(expression("commands.CMD_SYNC >= 100"));

    assertThat(answer.path("bisected").asBoolean()).isTrue();
    long position = answer.at("/hits/0/position").asLong();
    assertThat(syncs(position)).isGreaterThanOrEqualTo(100);
    assertThat(syncs(position - 1)).isLessThan(100);
  }

  private long syncs(long position) {
    return get("/vsmmus/accelerated/state?at=" + position)
        .expect(200)
        .json()
        .at("/commands/CMD_SYNC")
        .asLong(0);
  }

  @Test
  void a_search_in_a_part_of_the_log_finds_only_what_is_in_it() {
    JsonNode whole = found("\"expression\":\"" + TRANSLATES + "\"");
    long position = whole.at("/hits/0/position").asLong();

    JsonNode before = found("\"expression\":\"%s\",\"to\":%d".formatted(TRANSLATES, position - 1));
    JsonNode after = found("\"expression\":\"%s\",\"from\":%d".formatted(TRANSLATES, position + 1));

    assertThat(before.path("hits").isEmpty()).isTrue();
    assertThat(before.path("found").asLong()).isZero();
    assertThat(after.at("/hits/0/position").asLong()).isEqualTo(position + 1);
  }

  @Test
  void fifty_searches_at_once_have_the_same_answer() throws Exception {
    String question = expression("count(streams, fault != null) > 0") + ",\"mode\":\"all\"";
    JsonNode one = find(question).expect(200).json();
    List<Future<Answer>> answers = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(50)) {
      for (int i = 0; i < 50; i++) {
        answers.add(clients.submit(() -> find(question)));
      }
    }

    for (Future<Answer> answer : answers) {
      assertThat(result(answer.get())).isEqualTo(one);
    }
  }

  /** The answer, or on a busy machine the result of the job that it names. */
  private JsonNode result(Answer answer) {
    if (answer.status() == 200) {
      return answer.json();
    }
    String job = answer.expect(202).header("Location");
    assertThat(
            Await.within(
                Duration.ofSeconds(60),
                PAUSE,
                () -> get(job).expect(200).json().path("state").asString().equals("done")))
        .as(job)
        .isTrue();
    return get(job).expect(200).json().path("result");
  }

  @Test
  void a_search_that_waits_for_others_is_a_job_whose_result_is_the_answer() throws Exception {
    String question = expression("registers.CR0.SMMUEN == 1");
    JsonNode direct = found(question);
    CountDownLatch gate = new CountDownLatch(1);
    List<Job<String>> others = new ArrayList<>();
    for (int i = 0; i < JobLimits.RUNNING; i++) {
      others.add(
          jobs.start(
              "client " + i,
              "other",
              _ -> {
                gate.await();
                return "";
              }));
    }

    Answer accepted = find(question).expect(202);

    String location = accepted.header("Location");
    assertThat(accepted.json().path("state").asString()).isEqualTo("waiting");
    assertThat(get(location).expect(200).json().path("kind").asString()).isEqualTo("find");
    String cancelled = find(question).expect(202).header("Location");
    assertThat(delete(cancelled).expect(200).json().path("id").asString())
        .isEqualTo(cancelled.substring(cancelled.lastIndexOf('/') + 1));
    gate.countDown();
    assertThat(ended(location).path("result")).isEqualTo(direct);
    assertThat(ended(cancelled).path("state").asString()).isEqualTo("cancelled");
    for (Job<String> other : others) {
      other.await(JobLimits.UNASKED);
    }
    get("/jobs/4711").problem(404, "not-found");
  }

  private JsonNode ended(String location) throws InterruptedException {
    while (true) {
      JsonNode job = get(location).expect(200).json();
      if (!List.of("waiting", "running").contains(job.path("state").asString())) {
        return job;
      }
      Thread.sleep(PAUSE);
    }
  }

  @Test
  void the_names_of_the_language_are_listed_with_what_they_mean() {
    JsonNode names = get("/find-names").expect(200).json();

    JsonNode streams = named(names.path("state"), "streams");
    assertThat(streams.path("key").asString()).isEqualTo("sid");
    JsonNode configuration = named(streams.path("members"), "configuration");
    assertThat(configuration.path("values").valueStream().map(JsonNode::asString))
        .contains("ABORT", "BYPASS", "TRANSLATE");
    JsonNode registers = named(names.path("state"), "registers");
    assertThat(
            named(named(registers.path("members"), "CR0").path("members"), "SMMUEN")
                .isMissingNode())
        .isFalse();
    assertThat(named(names.path("event"), "command").path("type").asString())
        .isEqualTo("list of texts");
  }

  private static JsonNode named(JsonNode names, String name) {
    return names
        .valueStream()
        .filter(it -> it.path("name").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_hit_shows_which_stream_made_it_so_and_the_event_has_no_value_before() {
    // when
    JsonNode any = found(expression("any(streams, configuration == 'TRANSLATE')"));
    JsonNode event = found(expression("event.type == 'StreamConfigured'"));

    // then
    assertThat(any.at("/hits/0/values/0/path").asString())
        .isEqualTo("streams[\"0x900\"].configuration");
    assertThat(any.at("/hits/0/values/0/before").asString()).isEqualTo("BYPASS");
    assertThat(any.at("/hits/0/values/0/after").asString()).isEqualTo("TRANSLATE");
    assertThat(event.at("/hits/0/values/0").has("before")).isFalse();
    assertThat(any.path("notes")).isEmpty();
  }

  @Test
  void a_stream_id_that_never_occurs_is_named_with_those_that_do() {
    // when
    JsonNode answer = found(expression("streams['0x999'].configuration == 'TRANSLATE'"));

    // then
    assertThat(answer.path("hits")).isEmpty();
    assertThat(answer.at("/notes/0").asString())
        .isEqualTo(
            "StreamID 0x999 does not occur in the log of accelerated; these do: 0x800, 0x900");
  }
}
