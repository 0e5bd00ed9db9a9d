package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Comparisons of logs and replays with a changed input, over HTTP and from a terminal. */
class CompareTest extends RestTest {

  private CommandRun run(String... arguments) {
    return CommandRun.at(port, CommandRun.COLUMNS, arguments);
  }

  private JsonNode compare(String query) {
    return get("/vsmmus/accelerated/compare?" + query).expect(200).json();
  }

  private static Map<String, Long> counts(JsonNode kinds) {
    Map<String, Long> counts = new TreeMap<>();
    kinds.forEach(kind -> counts.put(kind.path("access").asString(), kind.path("count").asLong()));
    return counts;
  }

  private long position(String type, int index) {
    return walk("/vsmmus/accelerated/events?type=" + type, 1000)
        .get(index)
        .path("position")
        .asLong();
  }

  @Test
  void a_recording_does_not_differ_from_itself() {
    accelerated();

    JsonNode comparison = compare("with=accelerated");
    CommandRun run = run("compare", "accelerated", "accelerated");

    assertThat(comparison.path("verdict").asString()).isEqualTo("SAME");
    assertThat(comparison.path("same").asLong()).isGreaterThan(640);
    assertThat(comparison.at("/a/events")).isEqualTo(comparison.at("/b/events"));
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("the logs do not differ");
  }

  @Test
  void a_guest_on_an_emulated_smmu_and_one_on_an_accelerated_smmu_are_told_apart_by_kind() {
    accelerated();
    emulated();

    JsonNode comparison = compare("with=emulated&normalise=true");

    assertThat(comparison.path("verdict").asString()).isEqualTo("DIFFERENT");
    assertThat(comparison.path("first").isObject()).isTrue();
    long ofA =
        comparison.path("same").asLong()
            + comparison.path("different").asLong()
            + counts(comparison.path("onlyInA")).values().stream().mapToLong(n -> n).sum();
    assertThat(ofA).isEqualTo(comparison.at("/a/accesses").asLong());
  }

  @Test
  void two_parts_of_one_log_are_compared() {
    accelerated();
    long middle = position("CommandsConsumed", 100);

    JsonNode comparison = compare("with=accelerated&to=" + middle + "&otherFrom=" + (middle + 1));

    assertThat(comparison.at("/a/lastPosition").asLong()).isEqualTo(middle);
    assertThat(comparison.path("verdict").asString()).isEqualTo("DIFFERENT");
  }

  @Test
  void without_one_command_exactly_that_command_is_the_difference() {
    accelerated();
    String name = freshName("without");
    long doorbell = position("CommandsConsumed", 200);

    JsonNode result =
        post(
                "/vsmmus/accelerated/what-ifs",
                "{\"leaveOut\":%d,\"keep\":\"%s\"}".formatted(doorbell, name))
            .expect(200)
            .json();
    JsonNode comparison = compare("with=" + name);
    CommandRun run = run("compare", "accelerated", name);

    assertThat(result.path("kept").asString()).isEqualTo(name);
    assertThat(comparison.path("onlyInB")).isEmpty();
    assertThat(comparison.path("different").asLong()).isZero();
    assertThat(comparison.path("onlyInA"))
        .allSatisfy(
            kind ->
                assertThat(kind.path("positions"))
                    .allSatisfy(at -> assertThat(at.asLong()).isPositive()));
    assertThat(counts(comparison.path("onlyInA")).values()).isNotEmpty().allMatch(n -> n == 1);
    assertThat(run.code()).isOne();
    assertThat(run.out()).contains("first divergence: A has an access that B has not", ">");
    assertThat(
            get("/vsmmus/" + name + "/events?type=InputChanged").expect(200).json().path("items"))
        .hasSize(1);
    delete("/vsmmus/" + name);
  }

  @Test
  void a_replay_with_a_changed_input_says_what_would_have_been_different_and_leaves_nothing() {
    accelerated();
    int before = get("/vsmmus?limit=1000&deleted=true").expect(200).json().path("items").size();

    JsonNode nothing =
        post("/vsmmus/accelerated/what-ifs", "{\"faults\":\"attach:90000:EBUSY\"}")
            .expect(200)
            .json();
    CommandRun some =
        run("what-if", "accelerated", "--faults", "alloc_nested_hwpt:1:ENOMEM:always");
    CommandRun properties = run("what-if", "accelerated", "--set", "ril=off", "-o", "json");

    assertThat(nothing.path("gone")).isEmpty();
    assertThat(nothing.at("/state/sections")).isEmpty();
    assertThat(some.err()).isEmpty();
    assertThat(some.out()).contains("HostFailed", "ENOMEM", "the state at the end");
    assertThat(some.code()).isOne();
    assertThat(properties.out()).contains("\"change\":\"with ril=off\"");
    assertThat(get("/vsmmus?limit=1000&deleted=true").expect(200).json().path("items"))
        .hasSize(before);
  }

  @Test
  void what_makes_no_sense_is_refused_with_what_to_do() {
    accelerated();
    emulated();
    long foreign = walk("/vsmmus/emulated/events", 1000).getFirst().path("position").asLong();
    long consequence = position("StreamConfigured", 0);
    String whatIfs = "/vsmmus/accelerated/what-ifs";

    JsonNode unknown = get("/vsmmus/accelerated/compare?with=acelerated").problem(404, "not-found");
    JsonNode beyond =
        get("/vsmmus/accelerated/compare?with=accelerated&from=99999999")
            .problem(404, "not-in-log");
    JsonNode reversed =
        get("/vsmmus/accelerated/compare?with=accelerated&otherFrom=200&otherTo=100")
            .problem(404, "not-in-log");
    JsonNode missing = get("/vsmmus/accelerated/compare").problem(400, "missing-field");
    JsonNode other =
        post(whatIfs, "{\"leaveOut\":%d}".formatted(foreign)).problem(400, "invalid-field");
    JsonNode follows =
        post(whatIfs, "{\"leaveOut\":%d}".formatted(consequence)).problem(400, "invalid-field");
    JsonNode faults =
        post(whatIfs, "{\"faults\":\"attach:x:EBUSY\"}").problem(400, "invalid-field");
    JsonNode nothing = post(whatIfs, "{}").problem(400, "invalid-field");
    JsonNode property =
        post(whatIfs, "{\"set\":{\"colour\":\"red\"}}").problem(400, "invalid-field");

    assertThat(unknown.path("field").asString()).isEqualTo("with");
    assertThat(unknown.path("allowed").asString()).contains("did you mean 'accelerated'?");
    assertThat(beyond.path("field").asString()).isEqualTo("from");
    assertThat(reversed.path("field").asString()).isEqualTo("otherFrom");
    assertThat(reversed.path("allowed").asString()).contains("not after otherTo");
    assertThat(missing.path("field").asString()).isEqualTo("with");
    assertThat(other.path("allowed").asString()).contains("an event of accelerated");
    assertThat(follows.path("allowed").asString()).contains("leave that out");
    assertThat(faults.path("allowed").asString()).contains("attach:2:EBUSY");
    assertThat(nothing.path("allowed").asString()).contains("leaveOut with a position");
    assertThat(property.path("allowed").asString()).contains("ats, ril, oas");
  }

  @Test
  void fifty_comparisons_at_once_are_all_answered_or_refused_as_too_many() throws Exception {
    accelerated();
    List<Integer> codes = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    int status = get("/vsmmus/accelerated/compare?with=accelerated").status();
                    synchronized (codes) {
                      codes.add(status);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(codes).hasSize(50).allMatch(code -> code == 200 || code == 202 || code == 503);
    assertThat(codes).contains(200);
  }
}
