package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.EventWindow;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows into a list of events are the parts of it that a look at each event gives. */
@Tag("slow")
class EventWindowTest {

  private static final long SEED = 37;

  private static EventDatabase database;
  private static EventQueries queries;
  private static RandomLog log;
  private static final List<LogEvent> EVENTS = new ArrayList<>();

  @BeforeAll
  static void write() {
    database = ProjectionsDatabase.open();
    Random random = new Random(SEED);
    log = RandomLog.live(database, random);
    RandomLog other = RandomLog.live(database, random);
    for (int part = 0; part < 4; part++) {
      log.grow(400);
      other.grow(100);
    }
    new Projector(
            database.pool(),
            database.log(),
            database.snapshots(),
            new TimeTravel(database.log(), database.snapshots()))
        .catchUp();
    queries = new EventQueries(database.pool(), database.log());
    database.log().read(log.vsmmu(), 0, Long.MAX_VALUE, it -> EVENTS.add(new LogEvent(it)));
  }

  @AfterAll
  static void close() {
    database.close();
    EVENTS.clear();
  }

  private static List<Long> positions(EventFilter filter) {
    return EVENTS.stream()
        .filter(
            event ->
                filter.types().isEmpty()
                    || filter.types().contains(EventKind.of(event.typeNumber()).orElseThrow()))
        .map(LogEvent::position)
        .toList();
  }

  private static List<Long> positions(List<EventItem> items) {
    return items.stream().map(EventItem::position).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void a_window_around_any_point_is_a_part_of_the_list_that_goes_on_at_both_ends(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 30; round++) {
      EventFilter filter =
          random.nextBoolean()
              ? EventFilter.ALL
              : EventFilter.ALL.withTypes(EventKind.FAULTS_REPORTED, EventKind.STREAM_CONFIGURED);
      List<Long> all = positions(filter);
      long head = database.log().headPosition();
      long at = random.nextInt((int) head + 1);
      int limit = 1 + random.nextInt(random.nextBoolean() ? 5 : 300);

      EventWindow window = queries.around(log.vsmmu(), filter, LogPoint.position(at), limit);

      List<Long> found = positions(window.items());
      String what = "seed %d, %d around %d of %s".formatted(seed, limit, at, filter.types());
      assertThat(found).as(what).hasSize(Math.min(limit, all.size()));
      int first = all.indexOf(found.getFirst());
      int behind = first + found.size();
      assertThat(found).as(what).isEqualTo(all.subList(first, behind));
      long upTo = all.stream().filter(position -> position <= at).count();
      assertThat(window.at().isPresent()).as(what).isEqualTo(upTo > 0);
      if (upTo > 0) {
        assertThat(window.at()).as(what).hasValue(all.get((int) upTo - 1));
      }
      if (window.previous().isPresent()) {
        EventWindow before =
            queries.before(log.vsmmu(), filter, window.previous().getAsLong(), limit);
        assertThat(positions(before.items()))
            .as(what)
            .isEqualTo(all.subList(Math.max(0, first - limit), first));
      } else {
        assertThat(first).as(what).isZero();
      }
      if (window.next().isPresent()) {
        Keyset next = Keyset.oldestFirst(limit).after(window.next().getAsLong());
        assertThat(positions(queries.events(log.vsmmu(), filter, next).items()))
            .as(what)
            .isEqualTo(all.subList(behind, Math.min(all.size(), behind + limit)));
      } else {
        assertThat(behind).as(what).isEqualTo(all.size());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.25, 0.37, 0.5, 0.999, 1})
  void a_fraction_of_the_log_is_the_event_with_that_part_of_the_others_before_it(double fraction) {
    LogPoint point = queries.atFraction(log.vsmmu(), fraction);

    int index = (int) Math.round(fraction * (EVENTS.size() - 1));
    assertThat(point).isEqualTo(LogPoint.position(EVENTS.get(index).position()));
  }
}
