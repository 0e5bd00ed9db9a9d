package io.vsmmu.debugger.find;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.debugger.Progress;
import io.vsmmu.debugger.RandomLog;
import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.expression.Growth;
import io.vsmmu.debugger.expression.Moment;
import io.vsmmu.debugger.expression.RandomExpression;
import io.vsmmu.debugger.find.FindAnswer.Bucket;
import io.vsmmu.debugger.find.FindAnswer.Hit;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.Tables;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.Vsmmu;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.testing.TestPostgres;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class FinderTest {

  private static final long SEED = new SplittableRandom().nextLong();
  private static final int EXPRESSIONS = 60;
  private static final Map<Integer, List<StoredEvent>> LOGS = new HashMap<>();

  private static EventDatabase database;
  private static Finder finder;
  private static int live;
  private static int recording;
  private static int damaged;
  private static int edited;

  private static final PartReaders READERS = new PartReaders();

  @BeforeAll
  static void write() throws SQLException {
    String url = TestPostgres.newDatabase();
    database =
        EventDatabase.open(
            url, JournalSettings.in(TestPostgres.journal(url)), EventLogLimits.DEFAULTS);
    Tables.migrate(database.pool());
    TimeTravel states = new TimeTravel(database.log(), database.snapshots());
    Random random = new Random(SEED);
    live = new RandomLog(random, false).grow(3500).store(database);
    recording = new RandomLog(random, true).grow(2500).store(database);
    new Projector(database.pool(), database.log(), database.snapshots(), states).catchUp();
    // This one has no snapshots, and an event that cannot be decoded.
    damaged = new RandomLog(random, false).grow(1500).store(database);
    edited = new RandomLog(random, false).grow(600).store(database);
    database.writer().awaitTail();
    damage(damaged, 1300);
    copy(edited, 1, 2);
    finder = new Finder(database.log(), states, database.snapshots(), database.registry(), READERS);
  }

  private static void damage(int vsmmu, long sequence) throws SQLException {
    try (Connection connection = database.pool().getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE event SET payload = ? WHERE vsmmu = ? AND sequence = ?")) {
      update.setBytes(1, new byte[] {1, (byte) 0xff, (byte) 0xff, (byte) 0xff});
      update.setInt(2, vsmmu);
      update.setLong(3, sequence);
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }

  /** Replaces the payload of an event by that of another event of the same type. */
  private static void copy(int vsmmu, long from, long to) throws SQLException {
    try (Connection connection = database.pool().getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE event SET payload = (SELECT payload FROM event WHERE vsmmu = ? AND sequence"
                    + " = ?) WHERE vsmmu = ? AND sequence = ?")) {
      update.setInt(1, vsmmu);
      update.setLong(2, from);
      update.setInt(3, vsmmu);
      update.setLong(4, to);
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
  }

  @AfterAll
  static void close() {
    READERS.close();
    database.close();
  }

  /** What a fold over every event finds: whether the condition holds at each. */
  private record Fold(List<StoredEvent> events, boolean[] holds, boolean occurrence) {

    static Fold of(int vsmmu, Expression expression) {
      List<StoredEvent> events =
          LOGS.computeIfAbsent(vsmmu, id -> database.log().readPage(id, 0, 100_000));
      boolean[] holds = new boolean[events.size()];
      VsmmuState state = VsmmuState.ABSENT;
      for (int i = 0; i < holds.length; i++) {
        LogEvent event = new LogEvent(events.get(i));
        VsmmuState before = state;
        state = Vsmmu.evolve(state, event.event());
        Moment moment =
            new Moment(before, state, event, sequence -> events.get((int) sequence).position());
        holds[i] = expression.holds(moment);
      }
      return new Fold(events, holds, expression.isOccurrence());
    }

    boolean begins(int i) {
      return holds[i] && (occurrence || i == 0 || !holds[i - 1]);
    }

    long position(int i) {
      return events.get(i).position();
    }

    /** Positions of the hits of a search from one index to another. */
    List<Long> expected(FindMode mode, int first, int last) {
      List<Long> found = new ArrayList<>();
      for (int i = first; i <= last; i++) {
        boolean hit =
            switch (mode) {
              case FIRST, LAST -> holds[i];
              case NEXT, PREVIOUS -> begins(i);
              case ALL -> holds[i] && (begins(i) || i == first);
            };
        if (hit) {
          found.add(position(i));
        }
      }
      return switch (mode) {
        case FIRST, NEXT -> found.subList(0, Math.min(1, found.size()));
        case LAST, PREVIOUS -> found.subList(Math.max(0, found.size() - 1), found.size());
        case ALL -> found;
      };
    }

    int endOfRun(int i, int last) {
      int end = i;
      while (!occurrence && end < last && holds[end + 1]) {
        end++;
      }
      return end;
    }
  }

  @Test
  void the_answer_is_that_of_a_fold_over_every_position() {
    Random random = new Random(SEED);
    int bisected = 0;
    for (int n = 0; n < EXPRESSIONS; n++) {
      String text = RandomExpression.of(random);
      Expression expression = Expression.of(text);
      int vsmmu = random.nextBoolean() ? live : recording;
      Fold fold = Fold.of(vsmmu, expression);
      bisected += expression.growth() == Growth.UNKNOWN ? 0 : 1;
      for (FindMode mode : FindMode.values()) {
        int first = random.nextInt(3) == 0 ? random.nextInt(fold.holds().length) : 0;
        int last =
            random.nextInt(3) == 0
                ? first + random.nextInt(fold.holds().length - first)
                : fold.holds().length - 1;
        int hits = random.nextInt(4) == 0 ? random.nextInt(5) : FindLimits.HITS;
        boolean newest = random.nextBoolean();
        FindQuery query =
            new FindQuery(
                vsmmu,
                expression,
                mode,
                first == 0 ? null : LogPoint.position(fold.position(first)),
                LogPoint.position(fold.position(last)),
                hits,
                newest,
                random.nextBoolean() ? 0 : random.nextInt(20));

        FindAnswer answer = finder.find(query, new CountedProgress());

        check("seed %d: %s of %s".formatted(SEED, query, text), query, answer, fold, first, last);
      }
    }
    assertThat(bisected).as("seed %d", SEED).isPositive();
  }

  private static void check(
      String label, FindQuery query, FindAnswer answer, Fold fold, int first, int last) {
    List<Long> all = fold.expected(query.mode(), first, last);
    List<Long> shown = all;
    if (query.mode() == FindMode.ALL && all.size() > query.hits()) {
      shown =
          query.newest()
              ? all.subList(all.size() - query.hits(), all.size())
              : all.subList(0, query.hits());
    }
    assertThat(answer.hits().stream().map(Hit::position))
        .as(label)
        .containsExactlyElementsOf(shown);
    assertThat(answer.found()).as(label).isEqualTo(all.size());
    assertThat(answer.events()).as(label).isEqualTo(last - first + 1);
    assertThat(answer.damage()).as(label).isNull();
    if (query.mode() == FindMode.ALL) {
      long holding = 0;
      for (int i = first; i <= last; i++) {
        holding += fold.holds()[i] ? 1 : 0;
      }
      assertThat(answer.holding()).as(label).isEqualTo(holding);
      for (Hit hit : answer.hits()) {
        int end = fold.endOfRun((int) hit.sequence(), last);
        assertThat(hit.run()).as(label).isNotNull();
        assertThat(hit.run().to()).as(label).isEqualTo(fold.position(end));
        assertThat(hit.run().events()).as(label).isEqualTo(end - hit.sequence() + 1);
      }
      if (query.buckets() > 0) {
        assertThat(answer.buckets().stream().mapToLong(Bucket::found).sum())
            .as(label)
            .isEqualTo(all.size());
        assertThat(answer.buckets().stream().mapToLong(Bucket::holding).sum())
            .as(label)
            .isEqualTo(holding);
        for (Bucket bucket : answer.buckets()) {
          assertThat(all.stream().filter(p -> bucket.from() <= p && p <= bucket.to()).count())
              .as(label)
              .isEqualTo(bucket.found());
        }
      }
    }
  }

  @Test
  void a_hit_has_the_values_before_and_after_its_event() {
    FindAnswer answer =
        finder.find(
            FindQuery.of(
                live,
                Expression.of("registers.CR0.SMMUEN == 1 and event.type == \"RegisterWritten\""),
                FindMode.FIRST),
            new CountedProgress());

    assertThat(answer.hits()).hasSize(1);
    assertThat(answer.hits().getFirst().values())
        .anySatisfy(
            value -> {
              assertThat(value.path()).isEqualTo("registers.CR0.SMMUEN");
              assertThat(value.before()).isEqualTo(0L);
              assertThat(value.after()).isEqualTo(1L);
            })
        .anySatisfy(
            value -> {
              assertThat(value.path()).isEqualTo("event.type");
              assertThat(value.before()).isNull();
              assertThat(value.after()).isEqualTo("RegisterWritten");
            });
  }

  @Test
  void of_a_log_that_cannot_be_read_the_answer_is_about_the_events_before_the_damage() {
    for (FindMode mode : FindMode.values()) {
      FindAnswer answer =
          finder.find(
              FindQuery.of(damaged, Expression.of("registers.CR0.CMDQEN == 1"), mode),
              new CountedProgress());

      boolean reached = mode == FindMode.LAST || mode == FindMode.PREVIOUS || mode == FindMode.ALL;
      assertThat(answer.damage() != null).as("%s", mode).isEqualTo(reached);
      if (reached) {
        assertThat(answer.damage().sequence()).isEqualTo(1300);
        assertThat(answer.events()).isEqualTo(1300);
      }
      assertThat(answer.hits()).as("%s", mode).isNotEmpty();
      assertThat(answer.hits().getLast().sequence()).isLessThan(1300);
    }
  }

  @Test
  void an_event_that_was_edited_ends_the_part_of_the_log_that_an_answer_is_about() {
    for (String text : List.of("event.sequence >= 0", "lifecycle == \"RUNNING\"")) {
      FindAnswer answer =
          finder.find(
              FindQuery.of(edited, Expression.of(text), FindMode.ALL), new CountedProgress());

      assertThat(answer.events()).isEqualTo(2);
      assertThat(answer.holding()).isEqualTo(2);
      assertThat(answer.damage().sequence()).isEqualTo(2);
      assertThat(answer.damage().position()).isPositive();
      assertThat(answer.damage().problem()).isEqualTo("the event is not the one that was appended");
    }
  }

  @Test
  void a_cancelled_search_ends() {
    Progress cancelled =
        new CountedProgress() {
          @Override
          public void stopIfCancelled() {
            throw new CancellationException("not wanted");
          }
        };

    assertThatThrownBy(
            () ->
                finder.find(
                    FindQuery.of(live, Expression.of("vmm.connected"), FindMode.ALL), cancelled))
        .isInstanceOf(CancellationException.class);
  }

  @Test
  void the_progress_of_a_search_that_reads_everything_ends_at_its_total() {
    CountedProgress progress = new CountedProgress();

    finder.find(FindQuery.of(live, Expression.of("vmm.connected"), FindMode.ALL), progress);

    assertThat(progress.done.get()).isEqualTo(progress.total.get()).isPositive();
  }

  @Test
  void a_vsmmu_without_events_has_no_hits() {
    FindAnswer answer =
        finder.find(FindQuery.of(4711, Expression.of("true"), FindMode.ALL), new CountedProgress());

    assertThat(answer.hits()).isEmpty();
    assertThat(answer.events()).isZero();
  }

  private static class CountedProgress implements Progress {
    final AtomicLong total = new AtomicLong();
    final AtomicLong done = new AtomicLong();

    @Override
    public void total(long events) {
      total.set(events);
    }

    @Override
    public void advance(long events) {
      done.addAndGet(events);
    }

    @Override
    public void stopIfCancelled() {}
  }
}
