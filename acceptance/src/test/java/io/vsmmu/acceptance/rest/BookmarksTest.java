package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A bookmark stands wherever a position is asked for, and means it. */
class BookmarksTest extends RestTest {

  private static final String MARKED = "bookmarked";

  /** The event with which StreamID 0x900 begins to translate, as its place in the log. */
  private static final int TRANSLATES = 64;

  private static long first;
  private static long position;

  @BeforeEach
  void mark() {
    if (position == 0) {
      imported(ACCELERATED, MARKED);
      first = get("/vsmmus/" + MARKED + "/events?limit=1").json().at("/items/0/position").asLong();
      position = first + TRANSLATES;
      post(
              "/vsmmus/" + MARKED + "/notes",
              "{\"position\":%d,\"bookmark\":\"nic-translates\"}".formatted(position))
          .expect(201);
      post(
              "/vsmmus/" + MARKED + "/notes",
              "{\"position\":%d,\"bookmark\":\"begin\"}".formatted(first))
          .expect(201);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state NAME --at AT",
        "hwpts NAME --at AT",
        "diff NAME AT LAST",
        "diff NAME FIRST AT --with NAME",
        "why NAME AT",
        "why NAME AT registers.CR0",
        "why NAME AT --iova 0xfffff000",
        "event NAME AT",
        "effects NAME AT",
        "step NAME AT",
        "step NAME AT --back --to access",
        "find NAME registers.CR0.SMMUEN==1 --from AT",
        "find NAME registers.CR0.SMMUEN==1 --to AT",
        "find NAME event.type=='CommandsConsumed' --next AT",
        "find NAME event.type=='CommandsConsumed' --previous AT",
        "events NAME --around AT --limit 5",
        "events NAME --before AT --limit 5",
        "events NAME --after AT --limit 5",
        "events NAME --from AT --limit 5",
        "events NAME --to AT --limit 5",
        "invalidations NAME --from AT --limit 5",
        "invalidations NAME --to AT --limit 5",
        "invalidations NAME --after AT --limit 5",
        "failures NAME --after AT",
        "streams NAME 0x900 --after FIRST",
        "timeline NAME --from AT --buckets 3",
        "timeline NAME --to AT --buckets 3",
        "compare NAME NAME --to AT --other-from AT",
        "compare NAME NAME --from FIRST --to AT --other-from FIRST --other-to AT",
        "what-if NAME --at AT --faults attach:9:EBUSY",
        "what-if NAME --leave-out LEAVE",
        "replay NAME --until AT --verify",
      })
  void a_bookmark_means_the_position_that_it_names(String line) {
    CommandRun named = run(line, "@nic-translates", "@begin");
    CommandRun numbered = run(line, String.valueOf(position), String.valueOf(first));

    assertThat(named.err()).isEmpty();
    assertThat(named.code()).as(named.out()).isEqualTo(numbered.code()).isLessThan(2);
    assertThat(named.out()).isEqualTo(numbered.out()).isNotBlank();
  }

  private CommandRun run(String line, String at, String begin) {
    String[] arguments =
        Stream.of(line.split(" "))
            .map(
                word ->
                    switch (word) {
                      case "NAME" -> MARKED;
                      case "AT" -> at;
                      case "FIRST" -> begin;
                      case "LAST" -> String.valueOf(position + 9);
                      case "LEAVE" -> doorbell(at.startsWith("@"));
                      default -> word;
                    })
            .toArray(String[]::new);
    return CommandRun.at(port, CommandRun.COLUMNS, arguments);
  }

  /** The doorbell before the bookmark, which has one of its own. */
  private String doorbell(boolean named) {
    long rung =
        get("/vsmmus/" + MARKED + "/step?unit=doorbell&to=previous&from=@nic-translates")
            .expect(200)
            .json()
            .path("position")
            .asLong();
    if (get("/vsmmus/" + MARKED + "/events/@doorbell").status() != 200) {
      post(
              "/vsmmus/" + MARKED + "/notes",
              "{\"position\":%d,\"bookmark\":\"doorbell\"}".formatted(rung))
          .expect(201);
    }
    return named ? "@doorbell" : String.valueOf(rung);
  }

  @Test
  void a_part_of_a_log_is_exported_between_bookmarks_and_a_note_is_added_at_one(
      @TempDir Path folder) {
    Path named = folder.resolve("named");
    Path numbered = folder.resolve("numbered");

    CommandRun part =
        CommandRun.at(
            port,
            CommandRun.COLUMNS,
            "export",
            MARKED,
            named.toString(),
            "--from",
            "@begin",
            "--to",
            "@nic-translates");
    CommandRun.at(
        port,
        CommandRun.COLUMNS,
        "export",
        MARKED,
        numbered.toString(),
        "--from",
        "" + first,
        "--to",
        "" + position);
    CommandRun note =
        CommandRun.at(
            port, CommandRun.COLUMNS, "notes", "add", MARKED, "@nic-translates", "there it is");

    assertThat(part.code()).as(part.err()).isZero();
    assertThat(named).hasSameBinaryContentAs(numbered);
    assertThat(note.out()).contains("position        " + position);
  }

  @Test
  void a_stream_of_events_begins_behind_a_bookmark() {
    String missing =
        get("/vsmmus/" + MARKED + "/events:stream?after=@nic-translate").expect(404).text();

    assertThat(missing).contains("'@nic-translates'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state NAME --at AT",
        "diff NAME FIRST AT",
        "why NAME AT",
        "step NAME AT",
        "find NAME registers.CR0.SMMUEN==1 --next AT",
        "what-if NAME --leave-out AT",
        "replay NAME --until AT",
        "compare NAME NAME --other-to AT",
      })
  void a_bookmark_that_does_not_exist_is_answered_with_those_that_are_near(String line) {
    CommandRun run = run(line, "@nic-translate", "@begin");

    assertThat(run.code()).isEqualTo(ExitCode.REFUSED.value());
    assertThat(run.err()).contains("'@nic-translate'", "did you mean '@nic-translates'?");
    List<String> words = List.of(line.split(" "));
    String before = words.get(words.indexOf("AT") - 1);
    if (before.startsWith("--")) {
      assertThat(run.err()).contains(before + ": '@nic-translate'");
    }
  }

  @Test
  void a_bookmark_is_one_of_the_vsmmu_that_the_position_is_of() {
    String other = freshName("unmarked");
    imported(ACCELERATED, other);

    String problem =
        get("/vsmmus/%s/diff?from=@begin&to=@begin&with=%s".formatted(MARKED, other))
            .expect(404)
            .text();

    assertThat(problem).contains("\"field\":\"to\"", "a bookmark of " + other);
  }

  @ParameterizedTest
  @ValueSource(strings = {"@", "@two words", "@-x"})
  void what_cannot_be_a_bookmark_is_a_wrong_argument(String written) {
    CommandRun run = CommandRun.at(port, CommandRun.COLUMNS, "state", MARKED, "--at", written);

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).contains("--at", written, "the name of a bookmark");
  }
}
