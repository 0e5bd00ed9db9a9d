package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.StoredEvent;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Questions to a log with an event that cannot be decoded, and no snapshot behind it. */
class DamagedLogTest extends RestTest {

  private static final long DAMAGED = 1200;

  /** By name of the log: the payload that was there. */
  private final Map<String, String> undamaged = new HashMap<>();

  @Autowired private EventDatabase database;

  /** A name of an imported log whose event with sequence {@link #DAMAGED} is damaged. */
  private String damaged(String payload) throws SQLException {
    String name = freshName("damaged");
    imported(ACCELERATED, name);
    // The read models have the log before it is damaged.
    get("/vsmmus/" + name + "/timeline?buckets=1").expect(200);
    undamaged.put(name, "\\x" + HexFormat.of().formatHex(event(name, DAMAGED).payload()));
    write(name, payload);
    return name;
  }

  /** Other tests read every vSMMU of the service. */
  @AfterEach
  void repair() throws SQLException {
    for (Map.Entry<String, String> log : undamaged.entrySet()) {
      write(log.getKey(), log.getValue());
    }
  }

  private void write(String name, String payload) throws SQLException {
    try (Connection connection = database.pool().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "UPDATE event SET payload = '%s' WHERE vsmmu = %d AND sequence = %d"
              .formatted(payload, id(name), DAMAGED));
    }
  }

  private int id(String name) {
    return database.registry().byName(name).orElseThrow().id();
  }

  private long position(String name, long sequence) {
    return event(name, sequence).position();
  }

  private StoredEvent event(String name, long sequence) {
    return database.log().readPage(id(name), sequence, 1).getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\xffffff", "", "\\x00"})
  void a_question_that_needs_a_damaged_event_is_answered_with_its_position(String payload)
      throws SQLException {
    // given
    String name = damaged(payload);
    long position = position(name, DAMAGED);
    long last = position(name, DAMAGED + 100);
    String log = "/vsmmus/" + name;

    // when, then
    for (String question :
        new String[] {
          "/state?at=" + last,
          "/why?position=" + position,
          "/why?position=" + last + "&path=registers.CR0",
          "/diff?from=%d&to=%d".formatted(position - 1, last),
          "/timeline?buckets=7",
        }) {
      JsonNode problem = get(log + question).problem(409, "damaged-event");
      assertThat(problem.path("field").asString()).as(question).isEqualTo("position");
      assertThat(problem.path("value").asString())
          .as(question)
          .contains("%d, sequence %d".formatted(position, DAMAGED));
      assertThat(problem.path("allowed").asString()).as(question).contains("can be read up to");
    }
    assertThat(get(log + "/state?at=" + last).json().path("allowed").asString())
        .contains("a position up to " + (position - 1));
    get(log + "/state?at=" + (position - 1)).expect(200);
    get(log + "/why?position=" + (position - 1)).expect(200);
  }

  @Test
  void a_search_answers_up_to_a_damaged_event_and_names_its_position() throws SQLException {
    // given
    String name = damaged("\\xffffff");

    // when
    JsonNode answer =
        post(
                "/vsmmus/" + name + "/find",
                "{\"expression\":\"registers.CR0.SMMUEN == 1\",\"mode\":\"all\"}")
            .expect(200)
            .json();

    // then
    assertThat(answer.at("/damage/sequence").asLong()).isEqualTo(DAMAGED);
    assertThat(answer.at("/damage/position").asLong()).isEqualTo(position(name, DAMAGED));
    assertThat(answer.path("to").asLong()).isEqualTo(position(name, DAMAGED) - 1);
  }
}
