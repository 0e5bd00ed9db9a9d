package io.vsmmu.debugger.cause;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.EventfulLog;
import io.vsmmu.debugger.Progress;
import io.vsmmu.debugger.expression.StatePath;
import io.vsmmu.debugger.find.PartReaders;
import io.vsmmu.projections.LogScript;
import io.vsmmu.projections.ProjectionsDatabase;
import io.vsmmu.projections.RandomLog;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.projections.view.Hex;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The event that set a value last is the one that a fold over every event gives. */
@Tag("slow")
class ValueOriginTest {

  private static final long SEED = 414;
  private static final int[] STREAMS = {0x900, 0x901, 5, 0, 0x7777};

  /** One for each part of the state, and some within one. */
  private static final List<String> PATHS =
      List.of(
          "lifecycle",
          "origin",
          "durability",
          "boots",
          "properties",
          "registers",
          "registers.CR0",
          "registers.CR0.SMMUEN",
          "registers.CMDQ_CONS",
          "commandQueue",
          "commandQueue.error",
          "eventQueue",
          "vmm",
          "memory",
          "streams",
          "hwpts",
          "objects",
          "devices",
          "blind",
          "commands",
          "commands.CMD_SYNC",
          "recording",
          "health",
          "health.status");

  private static final List<String> FIELDS =
      List.of(
          "",
          ".ste[0]",
          ".configuration",
          ".effective",
          ".decoded.Config",
          ".hwpt",
          ".device",
          ".vdevice",
          ".reason",
          ".since",
          "['since']");

  private static final PartReaders READERS = new PartReaders();
  private static EventDatabase database;
  private static ValueOrigin origins;
  private static TimeTravel travel;

  /** By vSMMU: the state after each event. */
  private static final Map<Integer, List<VsmmuState>> STATES = new LinkedHashMap<>();

  private static final Progress SILENT = progress(() -> {});

  private static Progress progress(Runnable check) {
    return new Progress() {
      @Override
      public void total(long events) {}

      @Override
      public void advance(long events) {}

      @Override
      public void stopIfCancelled() {
        check.run();
      }
    };
  }

  @BeforeAll
  static void write() {
    database = ProjectionsDatabase.open();
    Random random = new Random(SEED);
    EventfulLog eventful = new EventfulLog(database, random);
    RandomLog live = RandomLog.live(database, random);
    RandomLog recording = RandomLog.recording(database, random);
    for (int part = 0; part < 4; part++) {
      eventful.grow(800);
      live.grow(400);
      recording.grow(400);
    }
    EventfulLog.project(database);
    travel = new TimeTravel(database.log(), database.snapshots());
    origins =
        new ValueOrigin(
            database.log(),
            travel,
            database.snapshots(),
            new EventQueries(database.pool(), database.log()),
            READERS);
    for (int vsmmu : List.of(eventful.vsmmu(), live.vsmmu(), recording.vsmmu())) {
      List<VsmmuState> states = new ArrayList<>();
      VsmmuState state = VsmmuState.ABSENT;
      for (LogEvent event : EventfulLog.events(database, vsmmu)) {
        state = Vsmmu.evolve(state, event.event());
        states.add(state);
      }
      STATES.put(vsmmu, states);
    }
  }

  @AfterAll
  static void close() {
    READERS.close();
    database.close();
    STATES.clear();
  }

  /** A StreamID in each way in which a path may have it. */
  private static String key(int sid, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "0x%x".formatted(sid);
      case 1 -> "%d".formatted(sid);
      case 2 -> "'0X%x'".formatted(sid);
      case 3 -> "\"0%d\"".formatted(sid);
      case 4 -> "0b" + Integer.toBinaryString(sid);
      default -> "\"%s\"".formatted(Hex.of(sid));
    };
  }

  private static StatePath path(Random random) {
    if (random.nextBoolean()) {
      return StatePath.of(PATHS.get(random.nextInt(PATHS.size())));
    }
    String sid = key(STREAMS[random.nextInt(STREAMS.length)], random);
    String field = FIELDS.get(random.nextInt(FIELDS.size()));
    return StatePath.of("streams[%s]%s".formatted(sid, field));
  }

  private static boolean same(StatePath path, VsmmuState one, VsmmuState other) {
    return path.text().contains("since")
        ? Objects.equals(path.shown(one, it -> it), path.shown(other, it -> it))
        : path.isSame(one, other);
  }

  private static StateAtEvent moment(int vsmmu, int sequence) {
    long position = database.log().positionOf(vsmmu, sequence).orElseThrow();
    return travel.at(vsmmu, LogPoint.position(position)).found().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void the_last_change_of_any_value_is_the_one_that_a_fold_gives(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 12; round++) {
      int vsmmu = List.copyOf(STATES.keySet()).get(random.nextInt(STATES.size()));
      List<VsmmuState> states = STATES.get(vsmmu);
      int at = random.nextInt(states.size());
      StatePath path = path(random);
      int last = at;
      while (last > 0 && same(path, states.get(last - 1), states.get(last))) {
        last--;
      }
      VsmmuState before = last == 0 ? VsmmuState.ABSENT : states.get(last - 1);
      boolean never = last == 0 && same(path, before, states.get(0));

      ValueChange change = origins.lastChange(path, moment(vsmmu, at), SILENT);

      LongFunction<@Nullable Long> positions = travel.positions(vsmmu);
      assertThat(change)
          .as("seed %d, %s of vSMMU %d at sequence %d", seed, path.text(), vsmmu, at)
          .isEqualTo(
              new ValueChange(
                  path.shown(states.get(at), positions),
                  path.shown(before, positions),
                  never ? OptionalLong.empty() : OptionalLong.of(last),
                  OptionalLong.empty()));
    }
  }

  @Test
  void a_search_that_meets_a_damaged_event_says_from_where_on_its_answer_holds()
      throws SQLException {
    LogScript script = LogScript.started(database).buffered();
    script.invalidations(3 * TimeTravel.SNAPSHOT_INTERVAL).flush();
    EventfulLog.project(database);
    int last = script.positions().size() - 1;
    database.writer().awaitTail();
    try (Connection connection = database.pool().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "UPDATE event SET payload = '\\xffffff' WHERE vsmmu = %d AND sequence = 1500"
              .formatted(script.vsmmu()));
    }

    ValueChange change =
        origins.lastChange(
            StatePath.of("registers.STRTAB_BASE"), moment(script.vsmmu(), last), SILENT);

    assertThat(change.value()).isEqualTo("0x40000000");
    assertThat(change.sequence()).isEmpty();
    assertThat(change.readableFrom()).hasValue(2L * TimeTravel.SNAPSHOT_INTERVAL);
  }

  @Test
  void a_search_ends_when_its_answer_is_not_wanted_any_more() {
    int vsmmu = STATES.keySet().iterator().next();
    StateAtEvent moment = moment(vsmmu, STATES.get(vsmmu).size() - 1);
    Progress cancelled =
        progress(
            () -> {
              throw new CancellationException("not wanted");
            });

    assertThatThrownBy(() -> origins.lastChange(StatePath.of("origin"), moment, cancelled))
        .isInstanceOf(CancellationException.class);
  }
}
