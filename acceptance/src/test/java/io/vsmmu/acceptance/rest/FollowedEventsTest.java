package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.VsmmuMain;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.scripted.guest.Await;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code events --follow} until the vSMMU is deleted. */
class FollowedEventsTest extends RestTest {

  private CommandRun followed(String name, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("events", name, "--follow", "--after", "0"));
    arguments.addAll(List.of(options));
    StringWriter out = new StringWriter();
    CompletableFuture<CommandRun> run =
        CompletableFuture.supplyAsync(
            () -> CommandRun.at(port, CommandRun.COLUMNS, out, arguments.toArray(String[]::new)));
    post("/vsmmus/" + name + ":pause").expect(200);
    post("/vsmmus/" + name + ":resume").expect(200);
    Await.until("the resumption is printed", () -> out.toString().contains("VsmmuResumed"));
    delete("/vsmmus/" + name).expect(204);
    return run.get(60, TimeUnit.SECONDS);
  }

  @Test
  void each_event_is_one_line_that_fits_the_terminal_and_the_deletion_is_the_last()
      throws Exception {
    CommandRun run = followed(created("followed"));

    assertThat(run.code()).as(run.err()).isZero();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(4).allMatch(line -> line.length() <= 100);
    assertThat(lines.getFirst()).contains(" VsmmuCreated ");
    assertThat(lines.getLast()).contains(" VsmmuDeleted ");
  }

  @Test
  void with_types_the_others_are_left_out_and_json_is_one_object_a_line() throws Exception {
    CommandRun run =
        followed(created("followed"), "--type", "VsmmuPaused,VsmmuResumed", "-o", "json");

    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(2).allMatch(line -> line.startsWith("{\"position\":"));
    assertThat(lines.getFirst()).contains("\"type\":\"VsmmuPaused\"");
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void a_signal_ends_it_with_128_and_its_number() throws Exception {
    String name = created("followed");
    Process followed =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                VsmmuMain.class.getName(),
                "events",
                name,
                "--follow",
                "--after",
                "0",
                "--url",
                "http://127.0.0.1:" + port,
                "--token-file",
                TestToken.FILE.toString())
            .start();

    assertThat(followed.inputReader().readLine()).contains(" VsmmuCreated ");
    followed.destroy();

    assertThat(followed.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(followed.exitValue()).isEqualTo(128 + 15);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--sid 0x900", "--from 1", "--unattributed", "--type VsmmuPause", "--all"})
  void filters_that_the_stream_does_not_have_are_refused(String options) {
    List<String> arguments = new ArrayList<>(List.of("events", "--follow"));
    if (!options.equals("--all")) {
      arguments.add(created("followed"));
    }
    arguments.addAll(List.of(options.split(" ")));

    CommandRun run = CommandRun.at(port, CommandRun.COLUMNS, arguments.toArray(String[]::new));

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains("--");
  }
}
