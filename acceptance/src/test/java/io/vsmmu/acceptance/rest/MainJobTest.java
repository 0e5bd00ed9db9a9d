package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.CommandLines;
import io.vsmmu.cli.output.Screen;
import io.vsmmu.cli.service.LocalService;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.projections.view.StateView;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** The main job, end to end: each method is named after the sentence that it proves. */
class MainJobTest extends RestTest {

  @Autowired EventDatabase database;

  @Test
  void the_recording_is_one_vsmmu_of_640_commands_by_name() {
    JsonNode recording = accelerated();

    assertThat(recording.path("vsmmus").size()).isEqualTo(1);
    Map<String, Long> commands = commands(recording);
    assertThat(commands)
        .containsOnly(
            Map.entry("CMD_SYNC", 319L),
            Map.entry("TLBI_NH_VA", 309L),
            Map.entry("CFGI_STE", 4L),
            Map.entry("CFGI_CD", 4L),
            Map.entry("PREFETCH_CONFIG", 2L),
            Map.entry("CFGI_ALL", 1L),
            Map.entry("TLBI_NSNH_ALL", 1L));
    assertThat(commands.values().stream().mapToLong(n -> n).sum()).isEqualTo(640);
    assertThat(recording.path("unattributed").asLong()).isZero();
    assertThat(recording.path("lines").asLong()).isEqualTo(2959);
  }

  @Test
  void the_recorded_host_took_312_invalidations_one_at_a_time() {
    accelerated();

    JsonNode vsmmu = get("/vsmmus/accelerated").expect(200).json();

    assertThat(vsmmu.at("/recording/hostInvalidations").asLong()).isEqualTo(312);
    long entries = 0;
    long calls = 0;
    for (JsonNode event : walk("/vsmmus/accelerated/events?type=HostCallsObserved", 1000)) {
      for (JsonNode call : event.at("/data/calls")) {
        if (call.path("entries").asLong() > 0) {
          calls++;
          entries += call.path("entries").asLong();
        }
      }
    }
    assertThat(calls).isEqualTo(312);
    assertThat(entries).isEqualTo(312);
  }

  @Test
  void stream_0x900_ends_as_translate_with_its_ste_words() {
    accelerated();

    JsonNode state = get("/vsmmus/accelerated/state").expect(200).json();

    JsonNode stream = stream(state, "0x900");
    assertThat(stream.path("configuration").asString()).isEqualTo("TRANSLATE");
    assertThat(texts(stream.path("ste"))).containsExactly("0x406e500b", "0xd6");
    assertThat(accelerated().at("/vsmmus/0/streams")).isEqualTo(state.path("streams"));
  }

  @Test
  void the_life_of_stream_0x900_shows_every_ste_change_with_the_position_and_the_reason() {
    accelerated();

    List<JsonNode> life = walk("/vsmmus/accelerated/streams/0x900/history", 3);

    List<JsonNode> configured =
        life.stream().filter(e -> e.path("type").asString().equals("StreamConfigured")).toList();
    assertThat(configured)
        .allSatisfy(
            change -> {
              assertThat(change.path("position").asLong()).isPositive();
              assertThat(change.path("reason").asString()).isNotBlank();
              assertThat(change.at("/cause/position").asLong())
                  .isPositive()
                  .isLessThan(change.path("position").asLong());
            });
    List<String> stes =
        configured.stream()
            .filter(e -> e.path("reason").asString().startsWith("CFGI_STE"))
            .map(e -> e.path("configuration").asString() + texts(e.path("ste")))
            .toList();
    assertThat(stes).last().isEqualTo("TRANSLATE[0x406e500b, 0xd6]");
    // Every event of the log that configured it is there, and nothing else.
    List<Long> positions =
        walk("/vsmmus/accelerated/events?type=StreamConfigured&sid=0x900", 100).stream()
            .filter(e -> e.at("/data/sid").asString().equals("0x900"))
            .map(e -> e.path("position").asLong())
            .toList();
    assertThat(configured.stream().map(e -> e.path("position").asLong()))
        .containsExactlyElementsOf(positions);
  }

  @Test
  void the_commands_of_the_readme_are_those_that_the_demo_ends_with(@TempDir Path folder)
      throws IOException {
    String out = demo(folder);
    String name = out.lines().filter(l -> l.startsWith("vSMMU ")).findFirst().orElseThrow();
    long first =
        get("/vsmmus/" + name.substring(6) + "/events?limit=1")
            .expect(200)
            .json()
            .at("/items/0/position")
            .asLong();
    Pattern commands =
        Pattern.compile("\\./vsmmu (find|why|diff) (demo-e1000e)\\S* ('[^']*'|\\S+)(?: (\\d+))?");

    List<String> printed = commands.matcher(out).results().map(m -> command(m, first)).toList();
    String readme = Files.readString(Path.of("../README.md"));

    assertThat(printed).hasSize(3);
    assertThat(commands.matcher(readme).results().map(m -> command(m, 1)).toList())
        .isEqualTo(printed);
  }

  /** With positions as in a log that has nothing else. */
  private static String command(MatchResult found, long first) {
    String last = found.group(4);
    return found.group(1)
        + " "
        + (found.group(1).equals("find")
            ? found.group(3)
            : Long.parseLong(found.group(3)) - first + 1)
        + (last == null ? "" : " " + (Long.parseLong(last) - first + 1));
  }

  /** What the demo prints when its service is the one of this test. */
  private String demo(Path folder) {
    LocalService here =
        new LocalService() {
          @Override
          public URI url() {
            return URI.create("http://127.0.0.1:" + port);
          }

          @Override
          public void awaitEnd() {}

          @Override
          public String token() {
            return TestToken.SECRET;
          }

          @Override
          public String sessionCode() {
            return "unused";
          }

          @Override
          public void close() {}
        };
    StringWriter out = new StringWriter();
    PrintWriter err = new PrintWriter(new StringWriter());
    int code =
        CommandLines.create(
                new String[0],
                s -> here,
                new Screen(Screen.WITHOUT_TERMINAL),
                new PrintWriter(out),
                err)
            .execute("demo", "--once", "--data-dir", folder.toString());
    assertThat(code).isZero();
    return out.toString();
  }

  @Test
  void findings_are_filtered_by_rule_and_severity() {
    accelerated();
    String findings = "/vsmmus/accelerated/findings";

    JsonNode bypass = get(findings + "?rule=bypass-while-enabled,fault").expect(200).json();
    assertThat(bypass.path("items")).isNotEmpty();
    for (JsonNode finding : bypass.path("items")) {
      assertThat(finding.path("rule").asString()).isEqualTo("BYPASS_WHILE_ENABLED");
      assertThat(finding.path("count").asLong()).isPositive();
    }
    assertThat(get(findings + "?severity=error").expect(200).json().path("items")).isEmpty();
    assertThat(get(findings + "?rule=FAULTS").expect(400).json().toString())
        .contains("did you mean 'FAULT'", "COMMAND_REFUSED")
        .doesNotContain("command-refused");
    assertThat(get(findings + "?rule=").expect(400).json().toString()).contains("rule");
  }

  @Test
  void a_finding_says_that_the_stream_was_on_bypass_while_smmuen_was_1_with_both_ends_and_cause() {
    accelerated();

    JsonNode findings = get("/vsmmus/accelerated/findings").expect(200).json();

    JsonNode bypass =
        findings
            .path("items")
            .valueStream()
            .filter(it -> it.path("rule").asString().equals("BYPASS_WHILE_ENABLED"))
            .findFirst()
            .orElseThrow();
    assertThat(bypass.path("sid").asString()).isEqualTo("0x900");
    assertThat(bypass.path("cause").asString()).isEqualTo("GUEST_STE");
    long from = bypass.path("from").asLong();
    long to = bypass.path("to").asLong();
    for (long position : new long[] {from, to - 1}) {
      JsonNode within = get("/vsmmus/accelerated/state?at=" + position).expect(200).json();
      assertThat(stream(within, "0x900").path("effective").asString()).isEqualTo("BYPASS");
      assertThat(Long.decode(within.at("/registers/CR0").asString()) & 1).isEqualTo(1);
    }
    JsonNode after = get("/vsmmus/accelerated/state?at=" + to).expect(200).json();
    assertThat(stream(after, "0x900").path("effective").asString()).isEqualTo("TRANSLATE");
  }

  @Test
  void the_same_recording_imported_twice_gives_byte_identical_exports_apart_from_the_header() {
    String first = imported(ACCELERATED, freshName("twice")).path("recording").asString();
    String second = imported(ACCELERATED, freshName("twice")).path("recording").asString();

    byte[] one = get("/vsmmus/" + first + "/export").expect(200).bytes();
    byte[] two = get("/vsmmus/" + second + "/export").expect(200).bytes();

    // Magic, version and the header with name, import time and exporter; then the records.
    assertThat(Exports.withoutHeader(one))
        .isEqualTo(Exports.withoutHeader(two))
        .hasSizeGreaterThan(10_000);
  }

  @Test
  void export_then_import_then_export_is_byte_identical() {
    String name = imported(ACCELERATED, freshName("again")).path("recording").asString();
    byte[] file = get("/vsmmus/" + name + "/export").expect(200).bytes();
    delete("/vsmmus/" + name).expect(204);

    JsonNode imported = upload("/recordings?format=vsmmu", file).expect(201).json();

    assertThat(imported.path("recording").asString()).isEqualTo(name);
    assertThat(get("/vsmmus/" + name + "/export").expect(200).bytes()).isEqualTo(file);
  }

  @Test
  void replays_with_verify_report_zero_divergences_in_both_modes() {
    accelerated();
    for (String mode : List.of("commands", "events")) {
      JsonNode replay =
          replayed("{\"vsmmu\":\"accelerated\",\"mode\":\"%s\",\"verify\":true}".formatted(mode));

      assertThat(replay.path("divergences").size()).as("%s", replay).isZero();
      assertThat(replay.path("diverged").asLong()).isZero();
      assertThat(replay.path("progress").asDouble()).isEqualTo(1.0);
      assertThat(replay.path("events").asLong())
          .isEqualTo(accelerated().at("/vsmmus/0/events").asLong());
    }
  }

  @Test
  void a_replay_with_an_injected_host_fault_reports_the_first_divergence_at_the_right_position() {
    accelerated();
    long second = positionOfAttach(2);

    JsonNode replay =
        replayed(
            "{\"vsmmu\":\"accelerated\",\"mode\":\"events\",\"verify\":true,"
                + "\"faults\":\"attach:2:EBUSY\"}");

    JsonNode first = replay.at("/divergences/0");
    assertThat(first.path("position").asLong()).isEqualTo(second);
    assertThat(first.path("recorded").asString()).isNotEqualTo(first.path("produced").asString());
    assertThat(replay.path("diverged").asLong()).isPositive();
  }

  @Test
  void the_state_at_every_position_of_the_recording_equals_a_fold_from_zero() {
    accelerated();
    RegisteredVsmmu vsmmu = database.registry().byName("accelerated").orElseThrow();
    List<Long> positions = new ArrayList<>();
    List<String> differing = new ArrayList<>();
    VsmmuState[] state = {VsmmuState.ABSENT};

    database
        .log()
        .read(
            vsmmu.id(),
            0,
            Long.MAX_VALUE,
            event -> {
              state[0] =
                  io.vsmmu.smmu.model.Vsmmu.evolve(
                      state[0], EventCodec.decode(event.type(), event.payload()));
              positions.add(event.position());
              JsonNode folded =
                  Answer.JSON.valueToTree(
                      StateView.of(
                          event.position(),
                          io.vsmmu.db.log.Micros.toInstant(event.timeMicros()),
                          state[0],
                          sequence -> positions.get((int) sequence)));
              JsonNode answered =
                  get("/vsmmus/accelerated/state?at=" + event.position()).expect(200).json();
              if (!answered.toString().equals(folded.toString())) {
                differing.add("%d: %s but %s".formatted(event.position(), answered, folded));
              }
            });

    assertThat(positions).hasSize(accelerated().at("/vsmmus/0/events").asInt());
    assertThat(differing).isEmpty();
  }

  @Test
  void the_diff_of_neighbours_equals_what_the_event_between_them_changed() {
    accelerated();
    List<JsonNode> events = walk("/vsmmus/accelerated/events", 1000);
    JsonNode before = null;
    for (JsonNode event : events) {
      long position = event.path("position").asLong();
      JsonNode after = get("/vsmmus/accelerated/state?at=" + position).expect(200).json();
      if (before != null) {
        long earlier = before.path("position").asLong();
        JsonNode diff =
            get("/vsmmus/accelerated/diff?from=%d&to=%d".formatted(earlier, position))
                .expect(200)
                .json();
        assertThat(Patch.applied(before, diff))
            .as("%s of %s", diff, event)
            .isEqualTo(Patch.comparable(after));
        assertThat(Patch.applied(after, Patch.reversed(diff)))
            .as("%s of %s backwards", diff, event)
            .isEqualTo(Patch.comparable(before));
      }
      before = after;
    }
  }

  @Test
  void the_emulated_boot_recording_imports_and_says_how_far_its_streams_are_known() {
    JsonNode recording = emulated();

    assertThat(recording.path("vsmmus").size()).isEqualTo(1);
    assertThat(commands(recording))
        .containsOnly(
            Map.entry("CMD_SYNC", 18L),
            Map.entry("CFGI_STE", 8L),
            Map.entry("CFGI_CD", 8L),
            Map.entry("PREFETCH_CONFIG", 4L),
            Map.entry("CFGI_ALL", 1L),
            Map.entry("TLBI_NSNH_ALL", 1L));
    JsonNode streams = get("/vsmmus/emulated/state").expect(200).json().path("streams");
    assertThat(streams.size()).isPositive();
    for (JsonNode stream : streams) {
      assertThat(stream.path("device").isNull()).isTrue();
      assertThat(stream.path("hwpt").isNull()).isTrue();
      assertThat(stream.path("known").asString()).isNotEqualTo("FULL");
    }
    JsonNode replay = replayed("{\"vsmmu\":\"emulated\",\"mode\":\"commands\",\"verify\":true}");
    assertThat(replay.path("diverged").asLong()).isZero();
  }

  @Test
  void the_chain_of_the_imported_log_is_intact_and_covers_every_event() {
    JsonNode chain = get("/vsmmus/" + accelerated().path("recording").asString() + "/chain").json();

    assertThat(chain.path("intact").asBoolean()).isTrue();
    assertThat(chain.path("events").asLong())
        .isEqualTo(accelerated().at("/vsmmus/0/events").asLong());
    assertThat(chain.at("/head/hash").asString()).matches("[0-9a-f]{64}");
    assertThat(chain.path("brokenAt").isNull()).isTrue();
  }

  private static Map<String, Long> commands(JsonNode recording) {
    Map<String, Long> commands = new LinkedHashMap<>();
    recording
        .at("/vsmmus/0/commands")
        .properties()
        .forEach(command -> commands.put(command.getKey(), command.getValue().asLong()));
    return commands;
  }

  private long positionOfAttach(int number) {
    int seen = 0;
    for (JsonNode event : walk("/vsmmus/accelerated/events?type=HostOutcomeReported", 1000)) {
      for (JsonNode operation : event.at("/data/operations")) {
        if (operation.path("kind").asString().equals("ATTACH") && ++seen == number) {
          return event.path("position").asLong();
        }
      }
    }
    throw new AssertionError("The recording has no attach number " + number);
  }

  static JsonNode stream(JsonNode state, String sid) {
    return state
        .path("streams")
        .valueStream()
        .filter(it -> it.path("sid").asString().equals(sid))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(it -> it.asString()).toList();
  }
}
