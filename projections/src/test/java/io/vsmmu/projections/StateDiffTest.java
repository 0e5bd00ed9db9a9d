package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.query.StateDiff;
import io.vsmmu.projections.query.StateDiff.Difference;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.projections.view.StateView;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class StateDiffTest {

  private static final int SID = 0x900;

  private static EventDatabase database;
  private static TimeTravel travel;

  @BeforeAll
  static void open() {
    database = ProjectionsDatabase.open();
    travel = new TimeTravel(database.log(), database.snapshots());
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void neighbours_differ_in_exactly_what_the_event_between_them_changed() {
    LogScript script = LogScript.started(database);
    StateDiff enabled = last(script.enable(), 1);
    assertThat(enabled.sections()).containsOnlyKeys("registers");
    assertThat(enabled.sections().get("registers"))
        .containsExactlyInAnyOrder(
            new Difference(null, "CR0", "0xc", "0xd"),
            new Difference(null, "CR0ACK", "0xc", "0xd"));

    script.configure(SID, LogScript.BYPASS_STE).configure(SID, LogScript.TRANSLATE_STE);
    StateDiff configured = last(script, 1);
    assertThat(configured.sections()).containsOnlyKeys("streams");
    assertThat(configured.sections().get("streams"))
        .extracting(Difference::item, Difference::field, Difference::before, Difference::after)
        .contains(
            tuple("0x900", "effective", "BYPASS", "TRANSLATE"),
            tuple("0x900", "decoded.Config", 4L, 5L))
        .doesNotContain(tuple("0x900", "decoded.V", 1L, 1L));

    StateDiff consumed = between(script, 3, 2);
    assertThat(consumed.sections()).containsKeys("commandQueue", "commands", "registers");
    assertThat(consumed.sections().get("commands"))
        .extracting(Difference::field)
        .containsExactly("CFGI_STE", "CMD_SYNC");
  }

  @Test
  void an_item_that_was_added_or_removed_is_one_difference() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0").enable();
    script.configure(SID, LogScript.TRANSLATE_STE);
    long hwpt = script.state().streams().get(SID).hwpt();
    List<Difference> made = last(script, 1).sections().get("hwpts");
    assertThat(made).hasSize(1);
    assertThat(made.getFirst().item()).isEqualTo(Long.toString(hwpt));
    assertThat(made.getFirst().before()).isNull();
    assertThat(made.getFirst().after()).asString().contains("NESTED_HWPT");

    script.hostDone(LogScript.operation(Kind.ALLOC_HWPT, hwpt, SID, 13, 0));
    assertThat(last(script, 1).sections().get("hwpts"))
        .containsExactly(new Difference(Long.toString(hwpt), "kernelId", null, 13));
  }

  @Test
  void a_moment_does_not_differ_from_itself() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0").enable();
    assertThat(between(script, 1, 1).sections()).isEmpty();
  }

  @Test
  void a_state_is_shown_with_positions_and_names() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0").enable();
    script.configure(SID, LogScript.TRANSLATE_STE);
    long configured = script.lastPosition();
    script.hostDone();
    StateAtEvent moment = travel.at(script.vsmmu(), LogPoint.HEAD).found().orElseThrow();

    Map<String, Object> view =
        StateView.of(
            moment.position(), moment.time(), moment.state(), travel.positions(script.vsmmu()));

    assertThat(view).containsEntry("position", script.lastPosition());
    assertThat(((Map<?, ?>) view.get("registers")).get("CR0")).isEqualTo("0xd");
    Map<?, ?> stream = (Map<?, ?>) ((List<?>) view.get("streams")).getFirst();
    assertThat(stream.get("sid")).isEqualTo("0x900");
    assertThat(stream.get("effective")).isEqualTo("TRANSLATE");
    assertThat(stream.get("device")).isEqualTo("0000:01:00.0");
    assertThat(stream.get("since")).isEqualTo(configured);
    assertThat(((List<?>) stream.get("ste")).getFirst()).isEqualTo("0x10000000b");
    assertThat(((Map<?, ?>) view.get("commands")).get("CFGI_STE")).isEqualTo(1L);
    assertThat(((Map<?, ?>) view.get("health")).get("status")).isEqualTo("OK");
  }

  private static StateDiff last(LogScript script, int back) {
    return between(script, back + 1, back);
  }

  /** The difference between the states after two events, counted from the end: 1 is the last. */
  private static StateDiff between(LogScript script, int from, int to) {
    return StateDiff.between(moment(script, from), moment(script, to), false);
  }

  private static StateAtEvent moment(LogScript script, int back) {
    LogPoint when = LogPoint.position(script.positions().get(script.positions().size() - back));
    return travel.at(script.vsmmu(), when).found().orElseThrow();
  }
}
