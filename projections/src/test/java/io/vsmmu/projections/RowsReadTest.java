package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLog;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.HeadSignal;
import io.vsmmu.db.log.Snapshots;
import io.vsmmu.db.log.Tail;
import io.vsmmu.projections.lint.Checkpoints;
import io.vsmmu.projections.lint.FindingsProjection;
import io.vsmmu.projections.lint.Linter;
import io.vsmmu.projections.lint.WholeLogFindings;
import io.vsmmu.projections.model.IndexSegment;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.FailureQueries;
import io.vsmmu.projections.query.HostObjectQueries;
import io.vsmmu.projections.query.InvalidationFilter;
import io.vsmmu.projections.query.InvalidationQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.Keyset.Order;
import io.vsmmu.projections.query.Page;
import io.vsmmu.projections.query.StateDiff;
import io.vsmmu.projections.query.StreamQueries;
import io.vsmmu.projections.query.SummaryQueries;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.wire.EventKind;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Queries read a number of rows that depends on the result, not on the length of the log. */
@Tag("slow")
class RowsReadTest {

  private static final int SLICES = 20_000;
  private static final int RARE = 5;
  private static final int SID = 0x900;

  /** Events outside the index, events after a checkpoint, and a block for each of 100 items. */
  private static final long FEW =
      IndexSegment.EVENTS + TimeTravel.SNAPSHOT_INTERVAL + 100L * IndexSegment.BLOCK_EVENTS;

  private static EventDatabase database;
  private static LogScript script;
  private static Connection connection;
  private static EventLog log;
  private static TimeTravel travel;
  private static EventQueries events;
  private static InvalidationQueries invalidations;

  @BeforeAll
  static void write() throws Exception {
    database = ProjectionsDatabase.open();
    script = LogScript.started(database).attach(SID, "0000:01:00.0").enable();
    script.configure(SID, LogScript.TRANSLATE_STE).hostDone().buffered();
    for (int i = 0; i < SLICES; i++) {
      slice(i % 4, 0xfff0_0000L + 0x1000L * (i % 512));
      if (i % (SLICES / RARE) == SLICES / RARE / 2) {
        slice(77, 0xdead_0000L);
        slice(78, 0xfff0_0000L);
        slice(1, 0xdead_0000L);
      }
    }
    script.flush();
    TimeTravel states = new TimeTravel(database.log(), database.snapshots());
    new Projector(
            database.pool(),
            database.log(),
            database.snapshots(),
            states,
            new FindingsProjection(database.log(), states, new Checkpoints(database.pool())))
        .catchUp();
    connection = database.pool().getConnection();
    connection.setAutoCommit(false);
    DataSource one = always(connection);
    log = new EventLog(one, Tail.IGNORED, new HeadSignal(), EventLogLimits.DEFAULTS);
    travel = new TimeTravel(log, new Snapshots(one));
    events = new EventQueries(one, log);
    invalidations = new InvalidationQueries(one, log);
    assertThat(script.positions()).hasSizeGreaterThan(4 * (int) FEW);
  }

  private static void slice(int asid, long address) {
    script.commands(LogScript.tlbi(asid, address), LogScript.sync());
    if (script.waits()) {
      script.hostDone();
    }
  }

  @AfterAll
  static void close() throws Exception {
    connection.close();
    database.close();
  }

  @Test
  void events_by_a_rare_asid_or_address() throws Exception {
    AddressRange rare = AddressRange.of(0xdead_0000L, 1);
    assertThat(reading(() -> list(EventFilter.ALL.withAsid(77)))).hasSize(RARE);
    assertThat(reading(() -> list(EventFilter.ALL.withAsid(79)))).isEmpty();
    assertThat(reading(() -> list(EventFilter.ALL.withAddresses(rare)))).hasSize(2 * RARE);
    assertThat(reading(() -> list(EventFilter.ALL.withAddresses(AddressRange.of(0xbeef_0000L, 1)))))
        .isEmpty();
  }

  @Test
  void events_whose_asid_and_address_are_frequent_but_rare_together() throws Exception {
    AddressRange frequent = AddressRange.of(0xfff0_0000L, 1);
    AddressRange rare = AddressRange.of(0xdead_0000L, 1);
    assertThat(reading(() -> list(EventFilter.ALL.withAsid(78).withAddresses(frequent))))
        .hasSize(RARE);
    assertThat(reading(() -> list(EventFilter.ALL.withAsid(1).withAddresses(rare)))).hasSize(RARE);
    assertThat(reading(() -> list(EventFilter.ALL.withAsid(1).withAddresses(frequent)))).isEmpty();
  }

  @Test
  void events_of_a_rare_type_or_stream_and_of_both() throws Exception {
    assertThat(reading(() -> list(EventFilter.ALL.withTypes(EventKind.STREAM_CONFIGURED))))
        .isNotEmpty();
    assertThat(reading(() -> list(EventFilter.ALL.withTypes(EventKind.TRANSLATION_OBSERVED))))
        .isEmpty();
    assertThat(reading(() -> list(EventFilter.ALL.withTypes(EventKind.HOST_OUTCOME_REPORTED))))
        .isNotEmpty();
    assertThat(reading(() -> list(named(0x901)))).isEmpty();
    assertThat(reading(() -> list(named(SID).withTypes(EventKind.STREAM_CONFIGURED)))).isNotEmpty();
  }

  @Test
  void invalidations_by_a_rare_asid_or_address_in_both_orders() throws Exception {
    for (Keyset keyset : List.of(Keyset.oldestFirst(100), newestFirst(100))) {
      assertThat(
              reading(
                  () ->
                      invalidations
                          .invalidations(
                              script.vsmmu(),
                              new InvalidationFilter(null, 77, null, null, null),
                              keyset)
                          .items()))
          .hasSize(RARE + 1);
      assertThat(
              reading(
                  () ->
                      invalidations
                          .invalidations(
                              script.vsmmu(),
                              new InvalidationFilter(
                                  SID, 1, AddressRange.of(0xdead_0000L, 4096), null, null),
                              keyset)
                          .items()))
          .hasSize(RARE + 1);
    }
  }

  @Test
  void a_page_behind_another_and_places_in_the_middle() throws Exception {
    long middle = script.positions().get(script.positions().size() / 2);
    reading(
        () ->
            events.events(script.vsmmu(), EventFilter.ALL, Keyset.oldestFirst(100).after(middle)));
    reading(
        () ->
            events.events(
                script.vsmmu(),
                new EventFilter(
                    Set.of(),
                    null,
                    null,
                    null,
                    LogPoint.position(middle),
                    LogPoint.position(middle + 50),
                    false),
                newestFirst(100)));
  }

  @Test
  void causes_effects_histories_failures_objects_states_and_differences() throws Exception {
    int vsmmu = script.vsmmu();
    long middle = script.positions().get(script.positions().size() / 2);
    DataSource one = always(connection);
    reading(() -> events.causes(vsmmu, middle));
    reading(() -> events.effects(vsmmu, middle));
    reading(() -> events.effects(vsmmu, script.positions().getFirst()));
    reading(() -> new StreamQueries(one, log).history(vsmmu, SID, newestFirst(100)));
    reading(() -> new FailureQueries(one).failures(vsmmu, newestFirst(100)));
    reading(() -> new HostObjectQueries(one).lives(vsmmu, OptionalLong.empty(), 100));
    reading(() -> new SummaryQueries(one, log).of(List.of(vsmmu)));
    reading(() -> StateDiff.between(at(middle), at(middle + 100), false));
    reading(() -> new HostObjectQueries(one).hwptsAt(at(middle)));
    reading(() -> at(script.lastPosition()));
  }

  @Test
  void findings() throws Exception {
    DataSource one = always(connection);
    Linter kept = new Linter(log, travel, new Checkpoints(one));

    assertThat(reading(() -> kept.of(script.vsmmu())))
        .isEqualTo(WholeLogFindings.of(database.log(), script.vsmmu()));
  }

  private static StateAtEvent at(long position) {
    return travel.at(script.vsmmu(), LogPoint.position(position)).found().orElseThrow();
  }

  private static EventFilter named(int sid) {
    return new EventFilter(Set.of(), sid, null, null, null, null, false);
  }

  private static List<Long> list(EventFilter filter) {
    Page<EventItem> page = events.events(script.vsmmu(), filter, Keyset.oldestFirst(100));
    assertThat(page.shortReason()).isNull();
    return page.items().stream().map(EventItem::position).toList();
  }

  /** The answer of a query that must read few rows. */
  private static <T> T reading(Supplier<T> question) throws Exception {
    long before = rowsRead();
    T answer = question.get();
    assertThat(rowsRead() - before).isLessThan(2 * FEW);
    return answer;
  }

  /** Number of rows that this transaction has read so far. */
  private static long rowsRead() throws Exception {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))"
                    + " FROM pg_stat_xact_user_tables")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** A data source that gives the same connection each time. */
  private static DataSource always(Connection one) {
    Connection kept =
        (Connection)
            Proxy.newProxyInstance(
                RowsReadTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("close")) {
                    return null;
                  }
                  try {
                    return method.invoke(one, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return (DataSource)
        Proxy.newProxyInstance(
            RowsReadTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (proxy, method, arguments) -> kept);
  }

  private static Keyset newestFirst(int limit) {
    return new Keyset(OptionalLong.empty(), limit, Order.NEWEST_FIRST);
  }
}
