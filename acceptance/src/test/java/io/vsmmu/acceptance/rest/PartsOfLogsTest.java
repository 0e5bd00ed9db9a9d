package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** States of two vSMMUs and parts of logs, over HTTP and from a terminal. */
class PartsOfLogsTest extends RestTest {

  @TempDir Path folder;

  private CommandRun run(String... arguments) {
    return CommandRun.at(port, CommandRun.COLUMNS, arguments);
  }

  private long position(String type, int index) {
    return walk("/vsmmus/accelerated/events?type=" + type, 1000)
        .get(index)
        .path("position")
        .asLong();
  }

  @Test
  void two_vsmmus_are_compared_at_two_moments() {
    accelerated();
    String one = created("one");
    String other = created("other");
    long ofOne = last(one);
    long ofOther = last(other);

    JsonNode same =
        get("/vsmmus/%s/diff?from=%d&to=%d&with=%s".formatted(one, ofOne, ofOther, other))
            .expect(200)
            .json();
    CommandRun run =
        run(
            "diff",
            one,
            String.valueOf(ofOne),
            String.valueOf(position("CommandsConsumed", 200)),
            "--with",
            "accelerated",
            "--normalise");

    assertThat(same.path("sections")).isEmpty();
    assertThat(same.path("with").asString()).isEqualTo(other);
    assertThat(run.out()).contains("registers", "CR0", "NESTED_HWPT of 0x900");
  }

  private long last(String name) {
    return walk("/vsmmus/" + name + "/events", 1000).getLast().path("position").asLong();
  }

  @Test
  void a_part_of_a_log_is_verified_without_the_service() throws IOException {
    accelerated();
    long from = position("CommandsConsumed", 50);
    long to = position("CommandsConsumed", 60);
    Path part = folder.resolve("part.vsmmu");
    Path beginning = folder.resolve("beginning.vsmmu");

    CommandRun written =
        run("export", "accelerated", part.toString(), "--from", "" + from, "--to", "" + to);
    CommandRun prefix = run("export", "accelerated", beginning.toString(), "--to", "" + to);
    CommandRun verified = run("verify", part.toString(), "-o", "json");
    byte[] bytes = Files.readAllBytes(part);
    bytes[bytes.length / 2] ^= 4;
    Files.write(part, bytes);
    CommandRun damaged = run("verify", part.toString());
    JsonNode imported =
        upload(
                "/recordings?format=vsmmu&name=" + freshName("prefix"),
                Files.readAllBytes(beginning))
            .expect(201)
            .json();

    assertThat(written.err()).isEmpty();
    assertThat(prefix.code()).isZero();
    assertThat(verified.code()).isZero();
    assertThat(verified.out())
        .contains("\"intact\":true", "\"firstPosition\":" + from, "\"lastPosition\":" + to);
    assertThat(damaged.code()).isOne();
    assertThat(damaged.out()).contains("broken");
    assertThat(imported.at("/vsmmus/0/events").asLong()).isPositive();
    assertThat(run("verify", beginning.toString()).code()).isZero();
  }

  /** A log that begins at the given event of the bundled recording; returns its name. */
  private String importedPart(long from, long to) throws IOException {
    Path part = folder.resolve("from-" + from + ".vsmmulog");
    assertThat(run("export", "accelerated", part.toString(), "--from", "" + from, "--to", "" + to))
        .extracting(CommandRun::code)
        .isEqualTo(0);
    String name = freshName("part");
    upload("/recordings?format=vsmmu&name=" + name, Files.readAllBytes(part)).expect(201);
    return name;
  }

  @Test
  void questions_to_an_imported_part_are_answered_as_those_to_the_whole() throws IOException {
    // given
    accelerated();
    long from = position("CommandsConsumed", 50);
    long to = position("CommandsConsumed", 60);

    // when
    String part = importedPart(from, to);

    // then
    List<JsonNode> events = walk("/vsmmus/" + part + "/events", 1000);
    long begins = events.getFirst().path("position").asLong();
    String last = String.valueOf(events.getLast().path("position").asLong());
    assertThat(events.getFirst().path("type").asString()).isEqualTo("PartImported");
    assertThat(events.getFirst().at("/data/firstPosition").asLong()).isEqualTo(from);
    assertThat(get("/vsmmus/" + part).expect(200).json().path("events").asLong())
        .isEqualTo(events.size());
    assertThat(stateWithout(part, last, "position", "time"))
        .isEqualTo(stateWithout("accelerated", "" + to, "position", "time"));
    JsonNode before =
        get("/vsmmus/" + part + "/state?at=" + (begins - 1)).problem(404, "not-in-log");
    assertThat(before.toString()).contains(part + " begins at position " + begins);
    JsonNode chain = get("/vsmmus/" + part + "/chain").expect(200).json();
    assertThat(chain.path("intact").asBoolean()).isTrue();
    assertThat(chain.path("from").asLong()).isEqualTo(events.get(1).path("sequence").asLong());
    assertThat(
            run("find", part, "streams[\"0x900\"].configuration == \"TRANSLATE\"", "--first").out())
        .contains(String.valueOf(begins));
    assertThat(run("find", part, "commands.CMD_SYNC > 0", "--last").out()).contains(last);
    assertThat(run("why", part, last).code()).isZero();
    assertThat(run("why", part, last, "streams[\"0x900\"].ste[0]").out())
        .contains("as it was when the log began");
    assertThat(run("step", part, last, "--back").code()).isZero();
    assertThat(
            get("/vsmmus/" + part + "/timeline?buckets=1")
                .expect(200)
                .json()
                .at("/buckets/0/events")
                .asLong())
        .isEqualTo(events.size());
    CommandRun lint = run("lint", part);
    assertThat(lint.out()).contains("PART_OF_LOG", "from position " + from + " to " + to);
    assertThat(lint.out()).doesNotContain("PARTIAL_RECORDING");
    assertThat(get("/vsmmus/" + part).json().at("/health/status").asString()).isEqualTo("OK");
    assertThat(run("replay", part, "--mode", "commands", "--verify").code()).isZero();
    assertThat(run("replay", part, "--mode", "events", "--verify").code()).isZero();
    assertThat(run("compare", part, part).code()).isZero();
    assertThat(run("what-if", part, "--faults", "invalidate:1:EIO").out())
        .contains("decided again from position");
    assertThat(run("verify", part).code()).isZero();
    Path again = folder.resolve("again.vsmmulog");
    assertThat(run("export", part, again.toString()).code()).isZero();
    assertThat(run("verify", again.toString()).code()).isZero();
    Path trace = folder.resolve("part.json");
    assertThat(run("export", part, trace.toString(), "--perfetto").code()).isZero();
    assertThat(Files.readString(trace))
        .contains("PartImported", "\"position\":" + last)
        .doesNotContain("the log is damaged");
  }

  @Test
  void a_part_of_a_part_names_the_log_that_it_was_written_from() throws IOException {
    // given
    accelerated();
    String part = importedPart(position("CommandsConsumed", 50), position("CommandsConsumed", 60));
    long begins = walk("/vsmmus/" + part + "/events", 1000).getFirst().path("position").asLong();
    Path shorter = folder.resolve("shorter.vsmmulog");
    Path onlyState = folder.resolve("only-state.vsmmulog");

    // when
    run("export", part, shorter.toString(), "--to", "" + (begins + 3));
    run("export", part, onlyState.toString(), "--to", "" + begins);

    // then
    assertThat(run("lint", importedFile(shorter), "--wide").out())
        .contains(
            "a part of that of %s, from position %d to %d there"
                .formatted(part, begins + 1, begins + 3));
    assertThat(run("lint", importedFile(onlyState), "--wide").out())
        .contains(
            "a part of that of %s, from position %d to %d there".formatted(part, begins, begins));
  }

  private String importedFile(Path file) throws IOException {
    String name = freshName("again");
    upload("/recordings?format=vsmmu&name=" + name, Files.readAllBytes(file)).expect(201);
    return name;
  }

  private String stateWithout(String name, String at, String... members) {
    ObjectNode state =
        (ObjectNode) get("/vsmmus/" + name + "/state?at=" + at).expect(200).json().deepCopy();
    state.remove(List.of(members));
    // Positions of events before the part are not in its log.
    for (JsonNode list :
        List.of(
            state.path("streams"),
            state.path("hwpts"),
            state.path("objects"),
            state.path("devices"))) {
      list.forEach(item -> ((ObjectNode) item).remove("since"));
    }
    return state.toString();
  }
}
