package io.vsmmu.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.projections.model.FailureRows;
import io.vsmmu.projections.model.Projector;
import io.vsmmu.projections.query.FailureItem;
import io.vsmmu.projections.query.FailureQueries;
import io.vsmmu.projections.query.HostObjectItem;
import io.vsmmu.projections.query.HostObjectQueries;
import io.vsmmu.projections.query.InvalidationFilter;
import io.vsmmu.projections.query.InvalidationItem;
import io.vsmmu.projections.query.InvalidationQueries;
import io.vsmmu.projections.query.Keyset;
import io.vsmmu.projections.query.Keyset.Order;
import io.vsmmu.projections.query.Page;
import io.vsmmu.projections.query.StreamItem;
import io.vsmmu.projections.query.StreamQueries;
import io.vsmmu.projections.travel.LogPoint;
import io.vsmmu.projections.travel.StateAtEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.spec.AddressRange;
import io.vsmmu.smmu.spec.CommandOpcode;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.spec.TlbInvalidation;
import io.vsmmu.smmu.stimulus.HostOperation.Kind;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class AuditQueriesTest {

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
  void the_history_of_a_stream_tells_what_changed_field_by_field() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0").enable();
    script.configure(SID, LogScript.BYPASS_STE).hostDone();
    script.configure(SID, LogScript.TRANSLATE_STE).hostDone();
    script.act(new Stimulus.DetachDevice(SID)).hostDone();
    project();
    StreamQueries queries = new StreamQueries(database.pool(), database.log());

    Page<StreamItem> newest = queries.history(script.vsmmu(), SID, newestFirst(2));

    assertThat(newest.items())
        .extracting(item -> item.event().type())
        .containsExactly("DeviceDetached", "StreamConfigured");
    StreamItem translated = newest.items().getLast();
    assertThat(translated.changes())
        .extracting(change -> change.get("field"))
        .containsExactly("Config", "S1ContextPtr", "S1DSS", "S1CIR", "S1COR");
    assertThat(translated.changes().get(1))
        .containsEntry("before", "0x0")
        .containsEntry("after", "0x100000000");
    assertThat(translated.data()).containsEntry("reason", "CFGI_STE");
    assertThat(translated.cause()).isEqualTo(translated.event().position() - 1);

    List<StreamItem> older =
        queries
            .history(script.vsmmu(), SID, newestFirst(10).after(newest.next().getAsLong()))
            .items();
    List<StreamItem> all = queries.history(script.vsmmu(), SID, Keyset.oldestFirst(100)).items();
    assertThat(older).hasSize(all.size() - 2);
    assertThat(all.getFirst().event().type()).isEqualTo("DeviceAttached");
    assertThat(all.get(1).changes()).isEmpty();
  }

  @Test
  void host_objects_have_a_life_from_one_position_to_another() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0").enable();
    script.configure(SID, LogScript.TRANSLATE_STE);
    long made = script.lastPosition();
    long hwpt = script.state().streams().get(SID).hwpt();
    script.hostDone(LogScript.operation(Kind.ALLOC_HWPT, hwpt, SID, 13, 0));
    script.configure(SID, LogScript.BYPASS_STE);
    long freed = script.lastPosition();
    script.hostDone();
    project();
    HostObjectQueries queries = new HostObjectQueries(database.pool());

    HostObjectItem nested =
        queries.hwptsAt(at(script, made)).stream()
            .filter(item -> item.kind() == HostObject.Kind.NESTED_HWPT)
            .findFirst()
            .orElseThrow();

    assertThat(nested.handle()).isEqualTo(hwpt);
    assertThat(nested.from()).isEqualTo(made);
    assertThat(nested.to()).isEqualTo(freed);
    assertThat(nested.kernelId()).isEqualTo(13);
    assertThat(nested.sid()).isEqualTo("0x900");
    assertThat(nested.ste())
        .as("the guest's S1DSS, which S1CDMax 0 makes IGNORED, is not given to the host")
        .containsExactly("0x10000000b", "0x28");
    assertThat(queries.hwptsAt(at(script, freed)))
        .extracting(HostObjectItem::kind)
        .containsExactly(HostObject.Kind.ABORT_PROXY, HostObject.Kind.BYPASS_PROXY);
    List<HostObjectItem> lives = queries.lives(script.vsmmu(), OptionalLong.empty(), 100).items();
    assertThat(lives).hasSize(9).extracting(HostObjectItem::handle).isSorted();
  }

  @Test
  void invalidations_are_found_by_what_they_could_touch() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0").enable();
    script.configure(SID, LogScript.TRANSLATE_STE).hostDone();
    script
        .commands(
            LogScript.tlbi(1, 0x1000),
            LogScript.tlbi(1, 0x9000),
            LogScript.tlbi(2, 0x1000),
            new TlbInvalidation.Asid(CommandOpcode.TLBI_NH_ASID, 0, 2),
            LogScript.sync())
        .hostDone();
    long mixed = script.positions().get(script.positions().size() - 2);
    script.commands(new ConfigInvalidation.Cd(SID, false, 0, true), LogScript.sync()).hostDone();
    script
        .commands(new TlbInvalidation.All(CommandOpcode.TLBI_NSNH_ALL, 0), LogScript.sync())
        .hostDone();
    project();

    assertThat(names(script, null, 1, AddressRange.of(0x1000, 4096)))
        .containsExactly("CFGI_STE", "TLBI_NH_VA", "CFGI_CD", "TLBI_NSNH_ALL");
    // Between the two addresses: inside the run's hull, touched by neither command.
    assertThat(names(script, null, 1, AddressRange.of(0x5000, 4096)))
        .containsExactly("CFGI_STE", "CFGI_CD", "TLBI_NSNH_ALL");
    assertThat(names(script, 0x901, 2, AddressRange.of(0x1000, 4096)))
        .containsExactly("TLBI_NH_VA", "TLBI_NH_ASID", "TLBI_NSNH_ALL");
    assertThat(names(script, null, null, null)).hasSize(7);
    List<InvalidationItem> within =
        all(
            script,
            new InvalidationFilter(
                null, 1, null, LogPoint.position(mixed), LogPoint.position(mixed)));
    assertThat(within).extracting(InvalidationItem::entry).containsExactly(0, 1);
    assertThat(within.getFirst().forwarded()).isTrue();
    assertThat(within.getFirst().data().get("fields"))
        .asString()
        .contains("ASID=1", "Address=0x1000");
  }

  @Test
  void a_slice_of_many_address_spaces_is_found_by_each_of_them() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0").enable();
    List<SmmuCommand> commands = new ArrayList<>();
    for (int asid = 0; asid < 200; asid++) {
      commands.add(LogScript.tlbi(asid, 0x1000L * asid));
    }
    script.commands(commands.toArray(SmmuCommand[]::new));
    script.hostDone();
    project();

    assertThat(all(script, new InvalidationFilter(null, 150, null, null, null)))
        .extracting(InvalidationItem::entry)
        .containsExactly(150);
  }

  @Test
  void failures_are_listed_with_their_codes_and_the_health_that_followed() {
    LogScript script = LogScript.started(database).attach(SID, "0000:01:00.0").enable();
    script.configure(SID, LogScript.TRANSLATE_STE);
    script.hostDone(LogScript.operation(Kind.ALLOC_HWPT, 0, SID, 0, 12));
    script.refusedCommand();
    project();
    FailureQueries queries = new FailureQueries(database.pool());

    List<FailureItem> failures = queries.failures(script.vsmmu(), Keyset.oldestFirst(10)).items();

    assertThat(failures)
        .extracting(FailureItem::kind)
        .containsExactly(FailureRows.Kind.HOST_OPERATION, FailureRows.Kind.QUEUE_ERROR);
    assertThat(failures.getFirst().code()).isEqualTo(12);
    assertThat(failures.getFirst().sid()).isEqualTo("0x900");
    assertThat(failures.getFirst().health()).isEqualTo("FAILED");
    assertThat(failures.getLast().code()).isEqualTo(1);
    Page<FailureItem> newest = queries.failures(script.vsmmu(), newestFirst(1));
    assertThat(newest.items()).containsExactly(failures.getLast());
    assertThat(
            queries
                .failures(script.vsmmu(), newestFirst(1).after(newest.next().getAsLong()))
                .items())
        .containsExactly(failures.getFirst());
  }

  @Test
  void pages_have_a_limit() {
    assertThatThrownBy(() -> newestFirst(Keyset.MOST_ITEMS + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1001");
    assertThatThrownBy(() -> Keyset.oldestFirst(0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<String> names(
      LogScript script, Integer sid, Integer asid, AddressRange addresses) {
    return all(script, new InvalidationFilter(sid, asid, addresses, null, null)).stream()
        .map(item -> item.command().name())
        .toList();
  }

  /** Every page, one slice at a time. */
  private static List<InvalidationItem> all(LogScript script, InvalidationFilter filter) {
    InvalidationQueries queries = new InvalidationQueries(database.pool(), database.log());
    List<InvalidationItem> items = new ArrayList<>();
    Keyset keyset = Keyset.oldestFirst(1);
    while (true) {
      Page<InvalidationItem> page = queries.invalidations(script.vsmmu(), filter, keyset);
      items.addAll(page.items());
      if (page.next().isEmpty()) {
        return items;
      }
      keyset = keyset.after(page.next().getAsLong());
    }
  }

  private static StateAtEvent at(LogScript script, long position) {
    return travel.at(script.vsmmu(), LogPoint.position(position)).found().orElseThrow();
  }

  private static void project() {
    new Projector(database.pool(), database.log(), database.snapshots(), travel).catchUp();
  }

  private static Keyset newestFirst(int limit) {
    return new Keyset(OptionalLong.empty(), limit, Order.NEWEST_FIRST);
  }
}
