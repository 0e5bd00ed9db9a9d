package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.CommandLines;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Screen;
import io.vsmmu.scripted.guest.Await;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code events --follow} until the vSMMU is deleted. */
class FollowedEventsTest extends RestTest {

  private record Run(int code, List<String> lines, String err) {}

  private Run run(StringWriter out, String... arguments) {
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--url", "http://127.0.0.1:" + port));
    int code =
        CommandLines.create(
                new String[0],
                settings -> {
                  throw new IllegalStateException("not to be started by this test");
                },
                new Screen(100),
                new PrintWriter(out),
                new PrintWriter(err))
            .execute(all.toArray(String[]::new));
    return new Run(code, out.toString().lines().toList(), err.toString());
  }

  private Run followed(String name, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("events", name, "--follow", "--after", "0"));
    arguments.addAll(List.of(options));
    StringWriter out = new StringWriter();
    CompletableFuture<Run> run =
        CompletableFuture.supplyAsync(() -> run(out, arguments.toArray(String[]::new)));
    post("/vsmmus/" + name + ":pause").expect(200);
    post("/vsmmus/" + name + ":resume").expect(200);
    Await.until("the resumption is printed", () -> out.toString().contains("VsmmuResumed"));
    delete("/vsmmus/" + name).expect(204);
    return run.get(60, TimeUnit.SECONDS);
  }

  @Test
  void each_event_is_one_line_that_fits_the_terminal_and_the_deletion_is_the_last()
      throws Exception {
    Run run = followed(created("followed"));

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.lines()).hasSize(4).allMatch(line -> line.length() <= 100);
    assertThat(run.lines().getFirst()).contains(" VsmmuCreated ");
    assertThat(run.lines().getLast()).contains(" VsmmuDeleted ");
  }

  @Test
  void with_types_the_others_are_left_out_and_json_is_one_object_a_line() throws Exception {
    Run run = followed(created("followed"), "--type", "VsmmuPaused,VsmmuResumed", "-o", "json");

    assertThat(run.lines()).hasSize(2).allMatch(line -> line.startsWith("{\"position\":"));
    assertThat(run.lines().getFirst()).contains("\"type\":\"VsmmuPaused\"");
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

    Run run = run(new StringWriter(), arguments.toArray(String[]::new));

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains("--");
  }
}
