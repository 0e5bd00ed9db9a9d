package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

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
}
