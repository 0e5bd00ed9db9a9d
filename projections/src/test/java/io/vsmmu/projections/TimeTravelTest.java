package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.StateLookup;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.wire.EventCodec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class TimeTravelTest {

  private static EventDatabase database;
  private static LogScript a;
  private static LogScript b;

  @BeforeAll
  static void write() {
    database = ProjectionsDatabase.open();
    a = LogScript.started(database);
    b = LogScript.started(database);
    a.attach(0x900, "0000:01:00.0").enable().configure(0x900, LogScript.TRANSLATE_STE).hostDone();
    for (int i = 0; i < 12; i++) {
      a.invalidations(100);
      b.configure(i, LogScript.BYPASS_STE);
    }
    a.configure(0x900, LogScript.BYPASS_STE).hostDone();
    TimeTravel travel = new TimeTravel(database.log(), database.snapshots());
    new Projector(database.pool(), database.log(), database.snapshots(), travel).catchUp();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void the_state_at_every_sequence_is_the_fold_from_zero() {
    List<VsmmuState> folded = fold(a.vsmmu());
    assertThat(folded).hasSizeGreaterThan(2 * TimeTravel.SNAPSHOT_INTERVAL);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < folded.size(); i += 7) {
      order.add(i);
    }
    order.add(TimeTravel.SNAPSHOT_INTERVAL - 1);
    order.add(TimeTravel.SNAPSHOT_INTERVAL);
    Collections.shuffle(order, new Random(7));
    TimeTravel travel = new TimeTravel(database.log(), database.snapshots());

    for (int sequence : order) {
      StateAtEvent moment =
          moment(travel.at(a.vsmmu(), LogPoint.position(a.positions().get(sequence))));
      assertThat(moment.state()).isEqualTo(folded.get(sequence));
      assertThat(moment.sequence()).isEqualTo(sequence);
      assertThat(moment.position()).isEqualTo(a.positions().get(sequence));
    }
  }

  @Test
  void a_position_between_two_events_means_the_event_before_it() {
    TimeTravel travel = new TimeTravel(database.log(), database.snapshots());
    long foreign = a.positions().getLast();
    StateAtEvent moment = moment(travel.at(b.vsmmu(), LogPoint.position(foreign)));

    assertThat(moment.position()).isEqualTo(b.lastPosition()).isLessThan(foreign);
    assertThat(moment.state()).isEqualTo(b.state());
  }

  @Test
  void an_instant_means_the_last_event_at_or_before_it() {
    TimeTravel travel = new TimeTravel(database.log(), database.snapshots());
    Instant fifth = Instant.EPOCH.plus(LogScript.ORIGIN_MICROS + 5000, ChronoUnit.MICROS);

    assertThat(moment(travel.at(a.vsmmu(), LogPoint.instant(fifth))).sequence()).isEqualTo(5);
    assertThat(moment(travel.at(a.vsmmu(), LogPoint.instant(fifth.plusNanos(999_000)))).sequence())
        .isEqualTo(5);
    assertThat(moment(travel.at(a.vsmmu(), LogPoint.instant(Instant.MAX))).state())
        .isEqualTo(a.state());
    assertThat(moment(travel.at(a.vsmmu(), LogPoint.HEAD)).state()).isEqualTo(a.state());
  }

  @Test
  void places_that_do_not_exist_have_answers_of_their_own() {
    TimeTravel travel = new TimeTravel(database.log(), database.snapshots());

    assertThat(travel.at(b.vsmmu(), LogPoint.position(1)))
        .isEqualTo(new StateLookup.BeforeFirst(LogPoint.position(1), b.positions().getFirst()));
    assertThat(travel.at(b.vsmmu(), LogPoint.instant(Instant.EPOCH)))
        .isInstanceOf(StateLookup.BeforeFirst.class);
    assertThat(travel.at(b.vsmmu(), LogPoint.position(1_000_000)))
        .isEqualTo(
            new StateLookup.BeyondHead(
                LogPoint.position(1_000_000), database.log().headPosition()));
    assertThat(travel.at(4711, LogPoint.HEAD)).isEqualTo(new StateLookup.NoEvents(4711));
  }

  @Test
  void a_snapshot_lies_within_reach_of_every_event() {
    for (long sequence = TimeTravel.SNAPSHOT_INTERVAL - 1;
        sequence < a.positions().size();
        sequence += 100) {
      long at = database.snapshots().latestAtOrBefore(a.vsmmu(), sequence).orElseThrow().sequence();
      assertThat(sequence - at).isLessThan(TimeTravel.SNAPSHOT_INTERVAL);
    }
  }

  private static List<VsmmuState> fold(int vsmmu) {
    List<VsmmuState> states = new ArrayList<>();
    VsmmuState state = VsmmuState.ABSENT;
    for (StoredEvent event : database.log().readPage(vsmmu, 0, 100_000)) {
      state = Vsmmu.evolve(state, EventCodec.decode(event.type(), event.payload()));
      states.add(state);
    }
    return states;
  }

  private static StateAtEvent moment(StateLookup lookup) {
    return lookup.found().orElseThrow(() -> new AssertionError(lookup));
  }
}
