package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class NotesTest extends RestTest {

  private Answer add(String vsmmu, String body) {
    return post("/vsmmus/" + vsmmu + "/notes", body);
  }

  private String log() {
    String name = freshName("noted");
    imported(ACCELERATED, name);
    return name;
  }

  private long first(String vsmmu) {
    return get("/vsmmus/" + vsmmu + "/events?limit=1").json().at("/items/0/position").asLong();
  }

  @Test
  void a_note_is_about_the_event_at_its_position_and_is_listed_until_it_is_deleted() {
    String name = log();
    long position = first(name) + 7;

    JsonNode note =
        add(name, "{\"position\":%d,\"text\":\"here it begins\"}".formatted(position))
            .expect(201)
            .json();

    assertThat(note.path("position").asLong()).isEqualTo(position);
    assertThat(note.path("sequence").asLong()).isEqualTo(7);
    assertThat(note.path("author").asString()).isEqualTo("local");
    assertThat(note.path("bookmark").isNull()).isTrue();
    assertThat(walk("/vsmmus/" + name + "/notes", 1)).containsExactly(note);
    delete("/vsmmus/%s/notes/%d".formatted(name, note.path("id").asLong())).expect(204);
    assertThat(walk("/vsmmus/" + name + "/notes", 1)).isEmpty();
    delete("/vsmmus/%s/notes/%d".formatted(name, note.path("id").asLong())).expect(404);
  }

  @Test
  void a_note_of_another_vsmmu_cannot_be_deleted() {
    String one = log();
    String other = log();
    long id =
        add(one, "{\"position\":%d,\"text\":\"mine\"}".formatted(first(one)))
            .expect(201)
            .json()
            .path("id")
            .asLong();

    delete("/vsmmus/%s/notes/%d".formatted(other, id)).expect(404);

    assertThat(walk("/vsmmus/" + one + "/notes", 10)).hasSize(1);
  }

  @Test
  void a_bookmark_names_one_moment() {
    String name = log();
    long position = first(name);
    add(name, "{\"position\":%d,\"bookmark\":\"nic-stops\"}".formatted(position)).expect(201);

    JsonNode taken =
        add(name, "{\"position\":%d,\"bookmark\":\"nic-stops\"}".formatted(position + 1))
            .expect(409)
            .json();

    assertThat(taken.toString()).contains("nic-stops", "position " + position);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | {\"text\":\"no position\"}",
        "400 | {\"position\":0,\"text\":\"before the log\"}",
        "404 | {\"position\":9000000000,\"text\":\"behind the log\"}",
        "400 | {\"position\":%d}",
        "400 | {\"position\":%d,\"text\":\"  \"}",
        "400 | {\"position\":%d,\"bookmark\":\"two words\"}",
        "400 | {\"position\":%d,\"bookmark\":\"\"}",
        "400 | {\"position\":%d,\"text\":\"\\u0000\"}",
        "400 | {\"position\":%d,\"text\":\"x\",\"colour\":\"red\"}"
      })
  void what_is_no_note_is_refused_and_leaves_nothing(int status, String body) {
    String name = log();

    add(name, body.formatted(first(name))).expect(status);

    assertThat(walk("/vsmmus/" + name + "/notes", 10)).isEmpty();
  }

  @Test
  void a_text_that_is_too_long_is_refused() {
    String name = log();

    add(name, "{\"position\":%d,\"text\":\"%s\"}".formatted(first(name), "x".repeat(4001)))
        .expect(400);
    add(name, "{\"position\":%d,\"text\":\"%s\"}".formatted(first(name), "x".repeat(4000)))
        .expect(201);
  }

  @Test
  void an_emoji_is_one_character_and_the_longest_text_travels_with_the_log() {
    String name = log();
    String longest = "\ud83d\udd0e".repeat(4000);

    add(name, "{\"position\":%d,\"text\":\"%s\"}".formatted(first(name), longest + "x"))
        .problem(400, "invalid-field");
    add(name, "{\"position\":%d,\"text\":\"%s\"}".formatted(first(name), longest)).expect(201);

    String copy = freshName("copied");
    upload(
            "/recordings?format=vsmmu&name=" + copy,
            get("/vsmmus/" + name + "/export").expect(200).bytes())
        .expect(201);
    assertThat(walk("/vsmmus/" + copy + "/notes", 10).getFirst().path("text").asString())
        .isEqualTo(longest);
  }

  @Test
  void notes_travel_with_the_log_and_importing_and_exporting_gives_the_same_bytes() {
    String name = log();
    long position = first(name) + 3;
    add(name, "{\"position\":%d,\"bookmark\":\"begin\",\"text\":\"<b>é\"}".formatted(position))
        .expect(201);
    add(name, "{\"position\":%d,\"text\":\"two\\nlines\"}".formatted(position + 2)).expect(201);
    byte[] file = get("/vsmmus/" + name + "/export").expect(200).bytes();
    String copy = freshName("copied");

    upload("/recordings?format=vsmmu&name=" + copy, file).expect(201);

    List<JsonNode> notes = walk("/vsmmus/" + copy + "/notes", 10);
    assertThat(notes).hasSize(2);
    assertThat(notes.getFirst().path("bookmark").asString()).isEqualTo("begin");
    assertThat(notes.getFirst().path("text").asString()).isEqualTo("<b>é");
    assertThat(notes.getFirst().path("position").asLong()).isEqualTo(first(copy) + 3);
    assertThat(notes.getLast().path("sequence").asLong()).isEqualTo(5);
    assertThat(notes.getLast().path("text").asString()).isEqualTo("two\nlines");
    byte[] again = get("/vsmmus/" + copy + "/export").expect(200).bytes();
    assertThat(Exports.withoutHeader(again)).isEqualTo(Exports.withoutHeader(file));
    assertThat(get("/vsmmus/" + copy + "/chain").json().path("intact").asBoolean()).isTrue();
  }
}
