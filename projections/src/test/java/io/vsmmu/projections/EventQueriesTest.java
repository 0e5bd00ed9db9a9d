package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.query.EventFilter;
import io.vsmmu.projections.query.EventItem;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.Keyset.Order;
import io.vsmmu.projections.query.Page;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.wire.EventKind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class EventQueriesTest {

  private static final int SID = 0x900;

  private static EventDatabase database;
  private static EventQueries queries;
  private static LogScript script;
  private static long attach;
  private static long slice;
  private static long asidSlice;

  @BeforeAll
  static void write() {
    database = ProjectionsDatabase.open();
    script = LogScript.started(database);
    attach = script.attach(SID, "0000:01:00.0").state().stimulus();
    LogScript other = LogScript.started(database);
    script.enable().configure(SID, LogScript.TRANSLATE_STE);
    slice = script.state().stimulus();
    script.hostDone().invalidations(150);
    script.commands(LogScript.tlbi(77, 0xdead_0000L), LogScript.sync());
    asidSlice = script.state().stimulus();
    script.hostDone().lateOutcome(slice);
    other.configure(SID, LogScript.BYPASS_STE);
    script
        .commands(
            List.of(SteFetch.read(SID, LogScript.TRANSLATE_STE)),
            new ConfigInvalidation.SteRange(0, false, ConfigInvalidation.RANGE_ALL))
        .hostDone();
    new Projector(
            database.pool(),
            database.log(),
            database.snapshots(),
            new TimeTravel(database.log(), database.snapshots()))
        .catchUp();
    queries = new EventQueries(database.pool(), database.log());
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void pages_in_both_directions_give_every_event_once() {
    for (Order order : Order.values()) {
      List<Long> positions = new ArrayList<>();
      for (EventItem item : all(EventFilter.ALL, order, 50)) {
        positions.add(item.position());
      }
      List<Long> expected =
          order == Order.OLDEST_FIRST ? script.positions() : script.positions().reversed();
      assertThat(positions).isEqualTo(expected);
    }
  }

  @Test
  void a_type_filter_gives_exactly_the_events_of_the_types() {
    assertSame(EventFilter.ALL.withTypes(EventKind.STREAM_CONFIGURED, EventKind.DEVICE_ATTACHED));
    assertSame(EventFilter.ALL.withTypes(EventKind.STREAM_CONFIGURED));
    assertSame(EventFilter.ALL.withTypes(EventKind.COMMANDS_CONSUMED));
  }

  @Test
  void a_stream_filter_gives_what_names_the_stream_and_ranges_that_cover_it() {
    List<EventItem> items = assertSame(named(SID));
    assertThat(items)
        .extracting(item -> item.event().type())
        .contains("DeviceAttached", "StreamConfigured", "CommandsConsumed");
    assertThat(items.getLast().data().toString()).contains("CFGI_ALL");
    assertThat(all(named(0x901), Order.OLDEST_FIRST, 100))
        .extracting(item -> item.event().type())
        .containsExactly("CommandsConsumed");
  }

  @Test
  void asid_and_address_filters_look_into_the_commands() {
    assertThat(all(EventFilter.ALL.withAsid(77), Order.OLDEST_FIRST, 100))
        .extracting(item -> item.event().sequence())
        .containsExactly(asidSlice);
    AddressRange range = AddressRange.of(0xdead_0000L, 4096);
    assertThat(all(EventFilter.ALL.withAddresses(range), Order.OLDEST_FIRST, 100))
        .extracting(item -> item.event().sequence())
        .containsExactly(asidSlice);
    assertThat(all(EventFilter.ALL.withAsid(76), Order.OLDEST_FIRST, 100)).isEmpty();
  }

  @Test
  void filters_restrict_by_position_and_time() {
    assertThat(sequences(between(at(20), at(29)))).isEqualTo(range(20, 29));
    Instant from = Instant.EPOCH.plus(LogScript.ORIGIN_MICROS + 20_000, ChronoUnit.MICROS);
    EventFilter timed = between(LogPoint.instant(from), LogPoint.instant(from.plusMillis(9)));
    assertThat(sequences(timed)).isEqualTo(range(20, 29));
    assertThat(sequences(between(at(5), at(4)))).isEmpty();
  }

  @Test
  void causes_lead_to_the_root_and_effects_reach_far() {
    long late = script.positions().get((int) asidSlice + 2);
    List<EventItem> causes = queries.causes(script.vsmmu(), late).orElseThrow();
    assertThat(causes).extracting(item -> item.event().sequence()).containsExactly(slice);
    assertThat(causes.getFirst().cause()).isNull();

    long root = script.positions().get((int) slice);
    List<EventItem> effects = queries.effects(script.vsmmu(), root).orElseThrow();
    assertThat(effects)
        .extracting(item -> item.event().type())
        .containsExactly("StreamConfigured", "HostOutcomeReported", "HostOutcomeReported");
    assertThat(effects).extracting(EventItem::cause).containsOnly(root);
    assertThat(effects.getLast().position()).isEqualTo(late);
    assertThat(queries.effects(script.vsmmu(), 1_000_000)).isEmpty();
    assertThat(queries.event(script.vsmmu(), late).orElseThrow().cause()).isEqualTo(root);
  }

  @Test
  void what_a_restart_did_is_no_effect_of_an_access_before_it() {
    LogScript guest = LogScript.started(database).attach(SID, "0000:02:00.0").enable();
    guest.commands(LogScript.tlbi(1, 0x1000), LogScript.sync()).hostDone();
    long idle = guest.positions().size() - 2;
    guest.restarted(LogScript.operation(HostOperation.Kind.ADOPT_DEVICE, 1, SID, 3, 0));
    long adopted = guest.lastPosition();
    guest.commands(LogScript.tlbi(1, 0x1000), LogScript.sync());
    long waiting = guest.lastPosition();
    guest.restarted(LogScript.operation(HostOperation.Kind.ATTACH, 1, SID, 0, 16));
    long failed = guest.positions().get(guest.positions().size() - 2);
    long ended = guest.positions().get((int) sequence(guest, waiting) + 1);

    assertThat(types(queries.effects(guest.vsmmu(), guest.positions().get((int) idle))))
        .containsExactly("HostOutcomeReported");
    assertThat(queries.causes(guest.vsmmu(), adopted)).hasValue(List.of());
    assertThat(queries.event(guest.vsmmu(), adopted).orElseThrow().cause()).isNull();
    assertThat(types(queries.effects(guest.vsmmu(), waiting)))
        .containsExactly("HostOutcomeReported");
    assertThat(queries.causes(guest.vsmmu(), failed).orElseThrow())
        .extracting(EventItem::position)
        .containsExactly(ended);
    assertThat(types(queries.effects(guest.vsmmu(), ended))).contains("HostFailed");
  }

  private static long sequence(LogScript guest, long position) {
    return guest.positions().indexOf(position);
  }

  private static List<String> types(Optional<List<EventItem>> items) {
    return items.orElseThrow().stream().map(item -> item.event().type()).toList();
  }

  @Test
  void an_event_tells_its_data_by_the_names_of_the_field() {
    EventItem item =
        queries.event(script.vsmmu(), script.positions().get((int) slice)).orElseThrow();
    assertThat(item.data().get("commands"))
        .asString()
        .contains("CFGI_STE", "StreamID=0x900", "CMD_SYNC");
    EventItem attached =
        queries.event(script.vsmmu(), script.positions().get((int) attach)).orElseThrow();
    assertThat(attached.data()).containsEntry("sid", "0x900").containsKey("hostDevice");
  }

  private static EventFilter named(int sid) {
    return new EventFilter(Set.of(), sid, null, null, null, null, false);
  }

  private static EventFilter between(LogPoint first, LogPoint last) {
    return new EventFilter(Set.of(), null, null, null, first, last, false);
  }

  private static LogPoint at(int sequence) {
    return LogPoint.position(script.positions().get(sequence));
  }

  /** The index must give what a pass over the log gives. */
  private static List<EventItem> assertSame(EventFilter filter) {
    List<EventItem> found = all(filter, Order.OLDEST_FIRST, 7);
    List<Long> expected = new ArrayList<>();
    for (EventItem item : all(EventFilter.ALL, Order.OLDEST_FIRST, 1000)) {
      boolean type =
          filter.types().isEmpty()
              || filter.types().contains(EventKind.of(item.event().typeNumber()).orElseThrow());
      boolean stream =
          filter.sid() == null
              || item.data().toString().matches("(?s).*(0x900(?![0-9a-f])|CFGI_ALL).*");
      if (type && stream) {
        expected.add(item.position());
      }
    }
    assertThat(found).isNotEmpty().extracting(EventItem::position).isEqualTo(expected);
    List<EventItem> backwards = all(filter, Order.NEWEST_FIRST, 7);
    assertThat(backwards).extracting(EventItem::position).isEqualTo(expected.reversed());
    return found;
  }

  private static List<Long> sequences(EventFilter filter) {
    return all(filter, Order.OLDEST_FIRST, 100).stream()
        .map(item -> item.event().sequence())
        .toList();
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  private static List<EventItem> all(EventFilter filter, Order order, int limit) {
    List<EventItem> items = new ArrayList<>();
    Keyset keyset = new Keyset(OptionalLong.empty(), limit, order);
    while (true) {
      Page<EventItem> page = queries.events(script.vsmmu(), filter, keyset);
      assertThat(page.items()).hasSizeLessThanOrEqualTo(limit);
      items.addAll(page.items());
      if (page.next().isEmpty()) {
        return items;
      }
      keyset = keyset.after(page.next().getAsLong());
    }
  }
}
