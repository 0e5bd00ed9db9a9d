package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.CommandLines;
import io.vsmmu.cli.output.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/** The command line against a running service with a real recording. */
class CommandLineTest extends RestTest {

  /** Every command that asks a service and prints a list or a tree, with arguments to try it. */
  private static final Map<String, String> QUESTIONS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("vsmmus", "--deleted"),
              Map.entry("host", ""),
              Map.entry("vms list", ""),
              Map.entry("vms show", "VM"),
              Map.entry("layout", "0000:01:00.0 0000:81:00.0"),
              Map.entry("devices list", "accelerated"),
              Map.entry("platform", "accelerated"),
              Map.entry("check-host", "accelerated"),
              Map.entry("notes list", "accelerated"),
              Map.entry("events", "accelerated --limit 80"),
              Map.entry("event", "accelerated LAST"),
              Map.entry("invalidations", "accelerated"),
              Map.entry("failures", "FAILED"),
              Map.entry("state", "accelerated"),
              Map.entry("diff", "accelerated FIRST LAST"),
              Map.entry("find", "accelerated streams[0x900].effective=='TRANSLATE' --all"),
              Map.entry("compare", "accelerated accelerated --other-from STREAM"),
              Map.entry("what-if", "accelerated --faults alloc_nested_hwpt:1:ENOMEM"),
              Map.entry("streams", "accelerated 0x900"),
              Map.entry("objects", "accelerated"),
              Map.entry("hwpts", "accelerated --at LAST"),
              Map.entry("why", "accelerated STREAM"),
              Map.entry("effects", "accelerated FIRST"),
              Map.entry("step", "accelerated FIRST --to stream-change"),
              Map.entry("timeline", "accelerated --buckets 8"),
              Map.entry("verify", "accelerated"),
              Map.entry("lint", "accelerated"),
              Map.entry("replay", "accelerated --verify"),
              Map.entry("audit", "--limit 20")));

  /** These change something, write files, or are about secrets. */
  private static final Set<String> OTHERS =
      Set.of(
          "create",
          "delete",
          "pause",
          "resume",
          "reset",
          "devices attach",
          "devices detach",
          "vms create",
          "vms delete",
          "vms iort",
          "vms dsm5",
          "notes add",
          "notes delete",
          "rom",
          "run",
          "import",
          "export",
          "witness",
          "token create",
          "token list",
          "token revoke",
          "console");

  private CommandRun run(int columns, String... arguments) {
    return CommandRun.at(port, columns, arguments);
  }

  private String[] question(String command) {
    JsonNode history = get("/vsmmus/accelerated/streams/0x900/history").expect(200).json();
    JsonNode items = history.path("items");
    String line =
        (command + " " + QUESTIONS.get(command))
            .replace("LAST", items.path(items.size() - 1).path("position").asString())
            .replace("FIRST", items.path(0).path("position").asString())
            .replace("STREAM", items.path(1).path("position").asString());
    return line.strip().split(" ");
  }

  @Test
  void every_command_that_asks_a_service_is_tried_here() {
    CommandLine commands =
        CommandLines.create(
            new String[0],
            settings -> {
              throw new IllegalStateException("not to be started by this test");
            },
            new Screen(80),
            new PrintWriter(new StringWriter()),
            new PrintWriter(new StringWriter()));
    Set<String> asking = new TreeSet<>();
    leaves(commands)
        .filter(command -> command.getCommandSpec().findOption("--url") != null)
        .forEach(c -> asking.add(c.getCommandSpec().qualifiedName().replaceFirst("^vsmmu ", "")));
    asking.removeAll(OTHERS);

    assertThat(QUESTIONS.keySet()).containsExactlyInAnyOrderElementsOf(asking);
  }

  @ParameterizedTest
  @CsvSource({"60, 60", "80, 80", "120, 120", "80, 1000000"})
  void every_table_fits_the_terminal_and_wide_ones_have_each_row_in_one_line(
      int columns, int most) {
    accelerated();
    String vm = freshName("vm");
    post("/vms", "{\"name\":\"%s\"}".formatted(vm)).expect(201);
    String failed = created("failed");
    post("/vsmmus", "{\"name\":\"%s\",\"vm\":\"%s\"}".formatted(freshName("m"), vm)).expect(201);
    for (String command : QUESTIONS.keySet()) {
      List<String> line = new ArrayList<>();
      for (String word : question(command)) {
        line.add(word.equals("VM") ? vm : word.equals("FAILED") ? failed : word);
      }
      if (most > columns) {
        line.add("--wide");
      }

      CommandRun run = run(columns, line.toArray(String[]::new));

      assertThat(run.err()).as("%s", line).isEmpty();
      assertThat(run.out()).as("%s", line).isNotBlank();
      assertThat(run.out().lines())
          .as("%s", line)
          .allSatisfy(text -> assertThat(text.length()).isLessThanOrEqualTo(most));
    }
  }

  @Test
  void find_says_where_a_condition_holds_and_marks_what_it_does_not_understand() {
    accelerated();
    String translates = "streams[\"0x900\"].configuration == \"TRANSLATE\"";

    CommandRun first = run(100, "find", "accelerated", translates, "--first");
    CommandRun count = run(100, "find", "accelerated", translates, "--count", "--buckets", "4");
    CommandRun never = run(100, "find", "accelerated", "boots > 1000");
    CommandRun wrong = run(100, "find", "accelerated", "registers.CRO == 1");

    assertThat(first.code()).isZero();
    assertThat(first.out())
        .contains("position", "StreamConfigured", "streams[\"0x900\"].configuration")
        .contains("-> TRANSLATE");
    assertThat(count.out()).contains("hits: ", "it holds at ", "holding");
    assertThat(never.code()).isEqualTo(1);
    assertThat(never.out()).contains("nothing found in ");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err())
        .contains("registers.CRO == 1" + System.lineSeparator() + "          ^^^")
        .contains("did you mean 'CR0'");
  }

  @Test
  void a_wide_list_has_one_line_for_each_event_with_every_value_in_full() {
    accelerated();

    CommandRun run = run(80, "events", "accelerated", "--limit", "40", "--wide");

    assertThat(run.out().lines()).hasSize(42);
    assertThat(run.out()).doesNotContain("...").contains("sequence");
  }

  @Test
  void a_mistyped_name_or_type_is_answered_with_the_near_ones_once() {
    accelerated();

    CommandRun name = run(80, "state", "acelerated");
    CommandRun type = run(80, "events", "accelerated", "--type", "StreamConfgured");

    assertThat(name.err()).contains("did you mean 'accelerated'?");
    assertThat(type.err())
        .contains("one of [StreamConfigured, ", "did you mean 'StreamConfigured'?")
        .containsOnlyOnce("VsmmuCreated");
    assertThat(name.code()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          /vsmmus/accelerated/events?tpye=X       | 400 | did you mean 'type'?
          /vsmmus/acceleratd/state                | 404 | did you mean 'accelerated'?
          /vsmmus/accelerated/events?type=vsmmucreated | 400 | did you mean 'VsmmuCreated'?
          /vsmmus/accelerated/platform?msi=itss   | 400 | did you mean 'its'?
          """)
  void near_names_are_told_over_http_too(String path, int status, String told) {
    accelerated();

    assertThat(get(path).expect(status).json().path("detail").asString()).contains(told);
  }

  @Test
  void a_mistyped_member_of_a_body_is_answered_with_the_near_one() {
    JsonNode problem =
        post("/vsmmus", "{\"name\":\"x\",\"durabilty\":\"committed\"}").expect(400).json();

    assertThat(problem.path("allowed").asString()).contains("did you mean 'durability'?");
  }

  @Test
  void pause_resume_and_reset_do_what_they_say() {
    String name = created("controlled");

    assertThat(run(80, "pause", name).out()).contains("paused " + name, "PAUSED");
    assertThat(run(80, "resume", name).out()).contains("resumed " + name);
    assertThat(run(80, "reset", name).code()).isZero();
    assertThat(run(80, "events", name, "-o", "json").out())
        .contains("VsmmuPaused", "VsmmuResumed", "VsmmuReset");
    assertThat(run(120, "audit", "--vsmmu", name).out()).contains(":pause", ":resume", ":reset");
  }

  @Test
  void a_part_of_the_whole_log_is_asked_for_by_positions() {
    accelerated();
    String name = created("late");
    JsonNode first = get("/vsmmus/%s/events".formatted(name)).expect(200).json();
    String position = first.at("/items/0/position").asString();

    CommandRun run =
        run(200, "events", "--all", "--from", position, "--to", position, "-o", "json");

    assertThat(run.out()).contains("\"vsmmu\":\"" + name + "\"").doesNotContain("accelerated");
  }

  @Test
  void why_tells_a_configuration_from_its_command_and_doorbell_to_the_hosts_answers() {
    accelerated();
    String position =
        get("/vsmmus/accelerated/streams/0x900/history")
            .expect(200)
            .json()
            .path("items")
            .valueStream()
            .filter(change -> change.path("configuration").asString("").equals("TRANSLATE"))
            .map(change -> change.path("position").asString())
            .findFirst()
            .orElseThrow();

    CommandRun why = run(100, "why", "accelerated", position);
    CommandRun far = run(100, "why", "accelerated", "999999999");
    CommandRun value = run(100, "why", "accelerated", position, "streams[\"0x900\"].ste[0]");

    assertThat(value.out().lines().findFirst().orElseThrow())
        .startsWith("streams[\"0x900\"].ste[0] is 0x406e500b, set at position " + position);
    assertThat(why.out()).contains("CMDQ_PROD", "command", "CFGI_STE", "host call", "errno 0");
    assertThat(why.code()).isZero();
    assertThat(far.err()).contains("the log ends at position");
    assertThat(far.code()).isEqualTo(4);
  }

  @Test
  void a_step_that_leads_nowhere_is_a_no() {
    accelerated();

    CommandRun found = run(100, "step", "accelerated", "0");
    CommandRun nothing = run(100, "step", "accelerated", "0", "--back");

    assertThat(found.out()).contains("VsmmuCreated");
    assertThat(found.code()).isZero();
    assertThat(nothing.out()).contains("no event before position 0");
    assertThat(nothing.code()).isEqualTo(1);
  }

  @Test
  void events_around_a_position_are_those_of_one_vsmmu() {
    accelerated();

    // Other tests may have written events before it was imported.
    JsonNode events = get("/vsmmus/accelerated/events?limit=60").expect(200).json().path("items");
    String at = events.path(events.size() - 1).path("position").asString();

    CommandRun around =
        run(100, "events", "accelerated", "--around", at, "--limit", "5", "-o", "json");
    CommandRun all = run(100, "events", "--all", "--around", "60");

    assertThat(around.out()).contains("\"at\":" + at);
    assertThat(all.err()).contains("are for one vSMMU");
    assertThat(all.code()).isEqualTo(2);
  }

  private static Stream<CommandLine> leaves(CommandLine command) {
    return command.getSubcommands().isEmpty()
        ? Stream.of(command)
        : command.getSubcommands().values().stream().flatMap(CommandLineTest::leaves);
  }
}
