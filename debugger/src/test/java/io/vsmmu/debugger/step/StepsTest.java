package io.vsmmu.debugger.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.EventfulLog;
import io.vsmmu.projections.ProjectionsDatabase;
import io.vsmmu.projections.RandomLog;
import io.vsmmu.projections.model.NamedStreams;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.Register;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Steps lead to what a look at each event gives. */
@Tag("slow")
class StepsTest {

  private static final long SEED = 1939;

  private static EventDatabase database;
  private static Steps steps;

  /** By vSMMU; each event with the state before it. */
  private static final Map<Integer, Map<LogEvent, VsmmuState>> LOGS = new LinkedHashMap<>();

  @BeforeAll
  static void write() {
    database = ProjectionsDatabase.open();
    Random random = new Random(SEED);
    EventfulLog eventful = new EventfulLog(database, random);
    RandomLog recording = RandomLog.recording(database, random);
    for (int part = 0; part < 4; part++) {
      eventful.grow(400);
      recording.grow(300);
    }
    EventfulLog.project(database);
    steps =
        new Steps(
            new EventQueries(database.pool(), database.log()),
            new TimeTravel(database.log(), database.snapshots()));
    for (int vsmmu : List.of(eventful.vsmmu(), recording.vsmmu())) {
      Map<LogEvent, VsmmuState> events = new LinkedHashMap<>();
      VsmmuState state = VsmmuState.ABSENT;
      for (LogEvent event : EventfulLog.events(database, vsmmu)) {
        events.put(event, state);
        state = Vsmmu.evolve(state, event.event());
      }
      LOGS.put(vsmmu, events);
    }
  }

  @AfterAll
  static void close() {
    database.close();
    LOGS.clear();
  }

  /** A place that a step can reach: a position, and for a command its index, else -1. */
  private record Place(long position, int entry) {}

  private static List<Place> places(int vsmmu, StepUnit unit) {
    List<Place> places = new ArrayList<>();
    LOGS.get(vsmmu)
        .forEach(
            (event, before) -> {
              if (unit == StepUnit.COMMAND) {
                int consumed =
                    event.event() instanceof CommandsConsumed slice ? slice.consumed() : 0;
                for (int i = 0; i < consumed; i++) {
                  places.add(new Place(event.position(), i));
                }
              } else if (isOne(unit, event, before)) {
                places.add(new Place(event.position(), -1));
              }
            });
    return places;
  }

  private static boolean isOne(StepUnit unit, LogEvent event, VsmmuState before) {
    boolean doorbell =
        event.event() instanceof CommandsConsumed slice
            && (slice.entries().isEmpty()
                || slice.prod() != before.registers().get(Register.CMDQ_PROD));
    return switch (unit) {
      case EVENT -> true;
      case ACCESS -> doorbell || event.event() instanceof RegisterWritten;
      case DOORBELL -> doorbell;
      case STREAM_CHANGE ->
          Set.of("StreamConfigured", "DeviceAttached", "DeviceDetached").contains(event.type());
      case FAULT -> Set.of("FaultsReported", "PageRequestsReported").contains(event.type());
      case COMMAND -> throw new IllegalArgumentException();
    };
  }

  private static Place reached(int vsmmu, StepRequest request) {
    return switch (steps.step(vsmmu, request)) {
      case Step.Reached(var item, Integer entry) ->
          new Place(item.position(), entry == null ? -1 : entry);
      case Step.Nowhere _ -> new Place(-1, -1);
    };
  }

  private static StepRequest from(Place place, boolean forward, StepUnit unit) {
    return new StepRequest(
        place.position(), place.entry() < 0 ? null : place.entry(), forward, unit, null);
  }

  @ParameterizedTest
  @EnumSource(StepUnit.class)
  void steps_visit_every_one_in_both_directions_and_a_step_back_returns(StepUnit unit) {
    Random random = new Random(SEED + unit.ordinal());
    for (int vsmmu : LOGS.keySet()) {
      List<Place> places = places(vsmmu, unit);
      for (int round = 0; round < 40; round++) {
        int i = random.nextInt(places.size());
        Place here = places.get(i);

        Place next = reached(vsmmu, from(here, true, unit));
        Place previous = reached(vsmmu, from(here, false, unit));

        assertThat(next)
            .as("%s after %s of vSMMU %d", unit, here, vsmmu)
            .isEqualTo(i + 1 < places.size() ? places.get(i + 1) : new Place(-1, -1));
        assertThat(previous)
            .as("%s before %s of vSMMU %d", unit, here, vsmmu)
            .isEqualTo(i > 0 ? places.get(i - 1) : new Place(-1, -1));
        if (next.position() > 0) {
          assertThat(reached(vsmmu, from(next, false, unit))).isEqualTo(here);
        }
      }
    }
  }

  @Test
  void a_step_of_a_stream_visits_what_names_it() {
    int vsmmu = LOGS.keySet().iterator().next();
    int sid = EventfulLog.SIDS[2];
    List<Long> naming =
        LOGS.get(vsmmu).keySet().stream()
            .filter(event -> event.type().equals("StreamConfigured"))
            .filter(event -> NamedStreams.of(event.event()).each().contains(sid))
            .map(LogEvent::position)
            .toList();
    List<Long> visited = new ArrayList<>();

    long at = 0;
    while (steps.step(vsmmu, new StepRequest(at, null, true, StepUnit.STREAM_CHANGE, sid))
        instanceof Step.Reached reached) {
      at = reached.item().position();
      visited.add(at);
    }

    assertThat(visited).isNotEmpty().isEqualTo(naming);
  }

  @Test
  void a_step_beyond_the_last_one_says_that_the_log_was_searched_to_its_end() {
    int vsmmu = LOGS.keySet().iterator().next();
    List<LogEvent> events = List.copyOf(LOGS.get(vsmmu).keySet());
    long last = events.getLast().position();
    long first = events.getFirst().position();

    Step forward = steps.step(vsmmu, new StepRequest(last, null, true, StepUnit.EVENT, null));
    Step back = steps.step(vsmmu, new StepRequest(first, null, false, StepUnit.FAULT, null));

    assertThat(forward).isEqualTo(new Step.Nowhere(last, true));
    assertThat(back).isEqualTo(new Step.Nowhere(first, true));
  }
}
