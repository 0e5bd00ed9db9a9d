package io.vsmmu.debugger.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.Micros;
import io.vsmmu.debugger.EventfulLog;
import io.vsmmu.projections.LogScript;
import io.vsmmu.projections.ProjectionsDatabase;
import io.vsmmu.projections.RandomLog;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.event.CommandQueueFailed;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.GlobalErrorRaised;
import io.vsmmu.smmu.event.HostCallsObserved;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.Register;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A timeline has the counts that a look at each event gives. */
@Tag("slow")
class TimelineTest {

  private static final long SEED = 39;

  /** Slices of the long log, two events each: more events than a block of level 1 has. */
  private static final int LONG_SLICES = EventBlock.EVENTS * EventBlock.BLOCKS / 2 + 3000;

  private static EventDatabase database;
  private static TimelineQueries timelines;

  /** By vSMMU. */
  private static final Map<Integer, List<Counted>> LOGS = new TreeMap<>();

  /** An event with what a naive pass counts in it. */
  private record Counted(LogEvent event, Map<String, Long> counts) {

    Counted {
      counts = new TreeMap<>(counts);
    }

    long micros() {
      return event.stored().timeMicros();
    }
  }

  @BeforeAll
  static void write() {
    database = ProjectionsDatabase.open();
    Random random = new Random(SEED);
    EventfulLog eventful = new EventfulLog(database, random);
    RandomLog live = RandomLog.live(database, random);
    RandomLog recording = RandomLog.recording(database, random);
    LogScript longLog =
        LogScript.started(database).attach(0x900, "0000:01:00.0").enable().buffered();
    // In several parts, each with a new projector that has no open block in memory.
    for (int part = 0; part < 3; part++) {
      eventful.grow(900 + random.nextInt(400));
      live.grow(600 + random.nextInt(400));
      recording.grow(600 + random.nextInt(400));
      longLog.invalidations(LONG_SLICES / 3).flush();
      EventfulLog.project(database, projection());
    }
    // Events that no block has yet.
    eventful.grow(100);
    timelines = new TimelineQueries(database.pool(), database.log(), travel());
    for (int vsmmu : List.of(eventful.vsmmu(), live.vsmmu(), recording.vsmmu(), longLog.vsmmu())) {
      LOGS.put(vsmmu, counted(vsmmu));
    }
    assertThat(LOGS.get(longLog.vsmmu())).hasSizeGreaterThan(EventBlock.EVENTS * EventBlock.BLOCKS);
  }

  private static TimeTravel travel() {
    return new TimeTravel(database.log(), database.snapshots());
  }

  private static TimelineProjection projection() {
    TimelineTables.migrate(database.pool());
    return new TimelineProjection(database.log(), travel());
  }

  @AfterAll
  static void close() {
    database.close();
    LOGS.clear();
  }

  private static List<Counted> counted(int vsmmu) {
    List<Counted> counted = new ArrayList<>();
    VsmmuState state = VsmmuState.ABSENT;
    for (LogEvent event : EventfulLog.events(database, vsmmu)) {
      VsmmuState after = Vsmmu.evolve(state, event.event());
      counted.add(new Counted(event, naive(event, state, after)));
      state = after;
    }
    return counted;
  }

  private static Map<String, Long> naive(LogEvent event, VsmmuState before, VsmmuState after) {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("EVENTS", 1L);
    if (!after.hardwareQueues().isEmpty()) {
      counts.put("BLIND", 1L);
    }
    switch (event.event()) {
      case RegisterWritten _ -> counts.put("ACCESSES", 1L);
      case CommandsConsumed it -> {
        if (it.entries().isEmpty() || before.registers().get(Register.CMDQ_PROD) != it.prod()) {
          counts.put("ACCESSES", 1L);
        }
        counts.put("COMMANDS", (long) it.consumed());
      }
      case FaultsReported it -> counts.put("FAULTS", (long) it.records().size());
      case HostCallsObserved it -> counts.put("RECORDED_CALLS", (long) it.calls().size());
      case CommandQueueFailed _, GlobalErrorRaised _ -> counts.put("ERRORS", 1L);
      default -> {
        if (List.of("StreamConfigured", "DeviceAttached", "DeviceDetached")
            .contains(event.type())) {
          counts.put("STREAM_CHANGES", 1L);
        }
      }
    }
    return counts;
  }

  private static Map<String, Long> shown(EventCounts counts) {
    Map<String, Long> shown = new TreeMap<>();
    for (CountedKind kind :
        List.of(
            CountedKind.EVENTS,
            CountedKind.BLIND,
            CountedKind.ACCESSES,
            CountedKind.FAULTS,
            CountedKind.RECORDED_CALLS,
            CountedKind.ERRORS,
            CountedKind.STREAM_CHANGES)) {
      shown.put(kind.name(), counts.get(kind));
    }
    shown.put("COMMANDS", counts.commands().values().stream().mapToLong(count -> count).sum());
    shown.values().removeIf(count -> count == 0);
    return shown;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void counts_at_any_zoom_are_those_that_a_look_at_each_event_gives(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 10; round++) {
      int vsmmu = List.copyOf(LOGS.keySet()).get(random.nextInt(LOGS.size()));
      List<Counted> events = LOGS.get(vsmmu);
      TimelineAxis axis = TimelineAxis.values()[random.nextInt(2)];
      int one = random.nextInt(events.size());
      int other = random.nextBoolean() ? random.nextInt(events.size()) : one + random.nextInt(60);
      other = Math.min(other, events.size() - 1);
      LogPoint from =
          random.nextInt(5) == 0 ? null : point(random, events.get(Math.min(one, other)));
      LogPoint to = random.nextInt(5) == 0 ? null : point(random, events.get(Math.max(one, other)));
      TimelineRequest request =
          new TimelineRequest(
              from,
              to,
              axis,
              1 + random.nextInt(random.nextBoolean() ? 20 : TimelineLimits.BUCKETS));

      Timeline timeline = timelines.of(vsmmu, request);

      assertThat(timeline.buckets()).hasSizeBetween(1, request.buckets());
      List<Counted> inside = events.stream().filter(it -> within(it, from, to)).toList();
      int next = 0;
      for (TimelineBucket bucket : timeline.buckets()) {
        int first = next;
        Map<String, Long> expected = new TreeMap<>();
        while (next < inside.size() && value(axis, inside.get(next)) <= bucket.to()) {
          assertThat(value(axis, inside.get(next))).isGreaterThanOrEqualTo(bucket.from());
          inside.get(next).counts().forEach((kind, n) -> expected.merge(kind, n, Long::sum));
          next++;
        }
        expected.values().removeIf(count -> count == 0);
        assertThat(shown(bucket.counts()))
            .as("seed %d, %s, vSMMU %d, from %d", seed, request, vsmmu, bucket.from())
            .isEqualTo(expected);
        if (next > first) {
          LogEvent start = inside.get(first).event();
          LogEvent end = inside.get(next - 1).event();
          assertThat(bucket.firstPosition()).hasValue(start.position());
          assertThat(bucket.lastPosition()).hasValue(end.position());
          assertThat(bucket.firstTime()).hasValue(start.time());
          assertThat(bucket.lastTime()).hasValue(end.time());
        }
      }
      assertThat(next).isEqualTo(inside.size());
    }
  }

  private static LogPoint point(Random random, Counted at) {
    return random.nextBoolean()
        ? LogPoint.position(at.event().position())
        : LogPoint.instant(at.event().time());
  }

  private static boolean within(Counted it, @Nullable LogPoint from, @Nullable LogPoint to) {
    return (from == null || value(from, it) >= bound(from))
        && (to == null || value(to, it) <= bound(to));
  }

  private static long value(LogPoint bound, Counted it) {
    return bound instanceof LogPoint.AtInstant ? it.micros() : it.event().position();
  }

  private static long bound(LogPoint point) {
    return switch (point) {
      case LogPoint.AtPosition at -> at.position();
      case LogPoint.AtInstant at -> Micros.of(at.instant());
      case LogPoint.Head _ -> throw new IllegalArgumentException();
    };
  }

  private static long value(TimelineAxis axis, Counted it) {
    return axis.value(it.event().position(), it.micros());
  }

  @Test
  void buckets_are_adjacent_and_equally_wide_but_for_the_last() {
    int vsmmu = LOGS.keySet().iterator().next();

    Timeline timeline =
        timelines.of(vsmmu, new TimelineRequest(null, null, TimelineAxis.POSITION, 7));

    List<TimelineBucket> buckets = timeline.buckets();
    for (int i = 1; i < buckets.size(); i++) {
      assertThat(buckets.get(i).from()).isEqualTo(buckets.get(i - 1).to() + 1);
      assertThat(buckets.get(i - 1).to() - buckets.get(i - 1).from() + 1)
          .isEqualTo(timeline.width());
    }
  }

  @Test
  void a_bound_that_is_asked_for_is_that_of_the_buckets_even_without_events() {
    int vsmmu = LOGS.keySet().iterator().next();

    Timeline timeline =
        timelines.of(
            vsmmu,
            new TimelineRequest(
                LogPoint.instant(Micros.toInstant(0)),
                LogPoint.instant(Micros.toInstant(999)),
                TimelineAxis.TIME,
                10));

    assertThat(timeline.buckets()).hasSize(10);
    assertThat(timeline.buckets().getFirst().from()).isZero();
    assertThat(timeline.buckets().getLast().to()).isEqualTo(999);
    assertThat(timeline.buckets()).allSatisfy(it -> assertThat(shown(it.counts())).isEmpty());
  }

  @Test
  void a_vsmmu_without_events_has_no_buckets() {
    Timeline timeline =
        timelines.of(9999, new TimelineRequest(null, null, TimelineAxis.POSITION, 10));

    assertThat(timeline.buckets()).isEmpty();
  }

  @Test
  void a_number_of_buckets_beyond_the_limit_is_refused() {
    for (int buckets : new int[] {0, -1, TimelineLimits.BUCKETS + 1}) {
      assertThatThrownBy(() -> new TimelineRequest(null, null, TimelineAxis.TIME, buckets))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to " + TimelineLimits.BUCKETS);
    }
  }

  @Test
  void tables_of_another_version_are_filled_again_with_the_same_counts() throws SQLException {
    int vsmmu = LOGS.keySet().iterator().next();
    TimelineRequest request = new TimelineRequest(null, null, TimelineAxis.POSITION, 13);
    List<Map<String, Long>> before = shown(timelines.of(vsmmu, request));
    try (Connection connection = database.pool().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE projection SET version = -1 WHERE name = 'timeline'");
    }

    EventfulLog.project(database, projection());

    assertThat(shown(timelines.of(vsmmu, request))).isEqualTo(before);
  }

  private static List<Map<String, Long>> shown(Timeline timeline) {
    return timeline.buckets().stream().map(bucket -> shown(bucket.counts())).toList();
  }
}
