package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.model.IndexSegment;
import io.vsmmu.projections.model.NamedStreams;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.model.ScopedEntry;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.InvalidationFilter;
import io.vsmmu.projections.query.InvalidationItem;
import io.vsmmu.projections.query.InvalidationQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.Keyset.Order;
import io.vsmmu.projections.query.Page;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.wire.EventKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Queries through the index give the same events as examining every event, page by page, in both
 * orders.
 */
@Tag("slow")
class IndexedQueriesTest {

  private static final long SEED = 20_260;

  private static EventDatabase database;
  private static final List<RandomLog> LOGS = new ArrayList<>();
  private static final List<List<LogEvent>> EVENTS = new ArrayList<>();

  @BeforeAll
  static void write() {
    database = ProjectionsDatabase.open();
    Random random = new Random(SEED);
    LOGS.add(RandomLog.live(database, random));
    LOGS.add(RandomLog.recording(database, random));
    // In several steps, each with a new projector that has nothing in memory.
    for (int part = 0; part < 3; part++) {
      for (RandomLog log : LOGS) {
        log.grow(1200 + random.nextInt(600));
      }
      new Projector(
              database.pool(),
              database.log(),
              database.snapshots(),
              new TimeTravel(database.log(), database.snapshots()))
          .catchUp();
    }
    for (RandomLog log : LOGS) {
      List<LogEvent> events = new ArrayList<>();
      database.log().read(log.vsmmu(), 0, Long.MAX_VALUE, e -> events.add(new LogEvent(e)));
      assertThat(events).hasSizeGreaterThan(2 * IndexSegment.EVENTS);
      EVENTS.add(events);
    }
  }

  @AfterAll
  static void close() {
    database.close();
    LOGS.clear();
    EVENTS.clear();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void events_by_any_filters_are_those_that_a_look_at_each_gives(long seed) {
    Random random = new Random(seed);
    EventQueries queries = new EventQueries(database.pool(), database.log());
    for (int round = 0; round < 8; round++) {
      int log = random.nextInt(LOGS.size());
      EventFilter filter =
          new EventFilter(
              random.nextInt(3) == 0 ? types(random) : Set.of(),
              random.nextInt(4) == 0 ? (Integer) RandomLog.sid(random) : null,
              random.nextInt(2) == 0 ? (Integer) RandomLog.asid(random) : null,
              random.nextInt(2) == 0 ? addresses(random) : null,
              random.nextInt(4) == 0 ? place(random, log) : null,
              random.nextInt(4) == 0 ? place(random, log) : null,
              false);
      List<Long> expected = new ArrayList<>();
      for (LogEvent event : EVENTS.get(log)) {
        if (within(event, filter.from(), filter.to()) && wanted(event, filter)) {
          expected.add(event.position());
        }
      }
      Order order = Order.values()[random.nextInt(2)];
      int limit = 1 + random.nextInt(random.nextBoolean() ? 1000 : 20);

      List<Long> found = new ArrayList<>();
      Keyset keyset = new Keyset(OptionalLong.empty(), limit, order);
      Page<EventItem> page;
      do {
        page = queries.events(LOGS.get(log).vsmmu(), filter, keyset);
        page.items().forEach(item -> found.add(item.position()));
        assertThat(page.shortReason()).isNull();
        if (page.next().isPresent()) {
          assertThat(page.items()).as("seed %d, %s", seed, filter).hasSize(limit);
          keyset = keyset.after(page.next().getAsLong());
        }
      } while (page.next().isPresent());

      assertThat(found)
          .as("seed %d, %s, %s", seed, filter, order)
          .isEqualTo(order == Order.OLDEST_FIRST ? expected : expected.reversed());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28})
  void invalidations_by_any_filters_are_those_that_a_look_at_each_gives(long seed) {
    Random random = new Random(seed);
    InvalidationQueries queries = new InvalidationQueries(database.pool(), database.log());
    for (int round = 0; round < 8; round++) {
      int log = random.nextInt(LOGS.size());
      InvalidationFilter filter =
          new InvalidationFilter(
              random.nextInt(4) == 0 ? (Integer) RandomLog.sid(random) : null,
              random.nextInt(2) == 0 ? (Integer) RandomLog.asid(random) : null,
              random.nextInt(3) > 0 ? addresses(random) : null,
              random.nextInt(4) == 0 ? place(random, log) : null,
              random.nextInt(4) == 0 ? place(random, log) : null);
      List<String> expected = new ArrayList<>();
      for (LogEvent event : EVENTS.get(log)) {
        if (within(event, filter.from(), filter.to())) {
          for (ScopedEntry touch : ScopedEntry.each(event.event())) {
            if (touch.source() == ScopedEntry.EntryKind.INVALIDATION && wanted(touch, filter)) {
              expected.add(event.position() + "/" + touch.entry());
            }
          }
        }
      }

      List<String> found = new ArrayList<>();
      Keyset keyset = Keyset.oldestFirst(1 + random.nextInt(300));
      Page<InvalidationItem> page;
      do {
        page = queries.invalidations(LOGS.get(log).vsmmu(), filter, keyset);
        page.items().forEach(item -> found.add(item.position() + "/" + item.entry()));
        if (page.next().isPresent()) {
          assertThat(page.items()).hasSizeGreaterThanOrEqualTo(keyset.limit());
          keyset = keyset.after(page.next().getAsLong());
        }
      } while (page.next().isPresent());

      assertThat(found).as("seed %d, %s", seed, filter).isEqualTo(expected);
    }
  }

  private static Set<EventKind> types(Random random) {
    Set<EventKind> types = EnumSet.of(EventKind.COMMANDS_CONSUMED);
    types.add(EventKind.FAULTS_REPORTED);
    for (EventKind kind : EventKind.values()) {
      if (random.nextInt(8) == 0) {
        types.add(kind);
      }
    }
    types.removeIf(kind -> random.nextInt(3) == 0);
    return types;
  }

  private static AddressRange addresses(Random random) {
    long first = RandomLog.address(random) + random.nextInt(4096);
    return AddressRange.of(first, 1L << random.nextInt(random.nextInt(4) == 0 ? 60 : 20));
  }

  private static LogPoint place(Random random, int log) {
    List<LogEvent> events = EVENTS.get(log);
    LogEvent some = events.get(random.nextInt(events.size()));
    return LogPoint.position(some.position());
  }

  private static boolean within(LogEvent event, LogPoint from, LogPoint to) {
    return (from == null || event.position() >= value(from))
        && (to == null || event.position() <= value(to));
  }

  private static long value(LogPoint when) {
    return switch (when) {
      case LogPoint.AtPosition it -> it.position();
      case LogPoint.Head _, LogPoint.AtInstant _ -> throw new IllegalArgumentException();
    };
  }

  private static boolean wanted(LogEvent event, EventFilter filter) {
    boolean type =
        filter.types().isEmpty()
            || filter.types().contains(EventKind.of(event.typeNumber()).orElseThrow());
    return type
        && (filter.sid() == null || names(event, filter.sid()))
        && ((filter.asid() == null && filter.addresses() == null)
            || ScopedEntry.each(event.event()).stream().anyMatch(touch -> wanted(touch, filter)));
  }

  private static boolean names(LogEvent event, int sid) {
    NamedStreams named = NamedStreams.of(event.event());
    return named.each().contains(sid)
        || (named.ranges()
            && ScopedEntry.each(event.event()).stream()
                .filter(touch -> touch.scope().namesStreams() || touch.ofAllStreams())
                .anyMatch(touch -> touch.scope().containsStream(sid)));
  }

  /** A single command or record must fulfil every part of the filter. */
  private static boolean wanted(ScopedEntry touch, EventFilter filter) {
    if (touch.ofConfiguration()) {
      return false;
    }
    boolean tlb =
        touch.source() == ScopedEntry.EntryKind.INVALIDATION && !touch.scope().namesStreams();
    return (filter.asid() == null || (tlb && touch.scope().containsAsid(filter.asid())))
        && (filter.addresses() == null || touch.scope().overlaps(filter.addresses()));
  }

  private static boolean wanted(ScopedEntry touch, InvalidationFilter filter) {
    return (filter.sid() == null || touch.scope().containsStream(filter.sid()))
        && (filter.asid() == null || touch.scope().containsAsid(filter.asid()))
        && (filter.addresses() == null || touch.scope().overlaps(filter.addresses()));
  }
}
