package io.vsmmu.control.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.control.recording.RecordingResult.Imported;
import io.vsmmu.control.recording.RecordingService;
import io.vsmmu.control.recording.RecordingService.Format;
import io.vsmmu.control.replay.CommandReplay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.control.request.RequestRefusedException;
import io.vsmmu.control.whatif.WhatIfResult.ChangedEvent;
import io.vsmmu.control.whatif.WhatIfResult.TypeCount;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.EventLogLimits;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.log.StoredEvent;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.projections.query.StateDiff.Difference;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.event.FaultsReported;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.event.InputChanged;
import io.vsmmu.smmu.event.StimulusEvent;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.event.StreamConfigured;
import io.vsmmu.smmu.event.VsmmuCreated;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.wire.EventCodec;
import io.vsmmu.testing.TestPostgres;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real recording is replayed with a changed input. */
@Tag("slow")
class WhatIfTest {

  private static final int SID = 0x900;

  @TempDir static Path dir;
  private static EventDatabase database;
  private static RecordingService recordings;
  private static RegisteredVsmmu vsmmu;
  private static List<StoredEvent> log;
  private static WhatIf whatIf;

  @BeforeAll
  static void start() throws Exception {
    String url = TestPostgres.newDatabase();
    database =
        EventDatabase.open(
            url, JournalSettings.in(TestPostgres.journal(url)), EventLogLimits.DEFAULTS);
    recordings = new RecordingService(database, dir.resolve("uploads"), 1 << 30, Clock.systemUTC());
    try (InputStream in =
        WhatIfTest.class.getResourceAsStream("/samples/qemu-11.1.3-accel-e1000e.trace.log")) {
      Imported imported = (Imported) recordings.importFrom(in, Format.QEMU_TRACE, "recorded");
      vsmmu = imported.vsmmus().getFirst().vsmmu();
    }
    log = read(vsmmu.id());
    whatIf = new WhatIf(database, new TimeTravel(database.log(), database.snapshots()));
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  private static List<StoredEvent> read(int id) {
    List<StoredEvent> events = new ArrayList<>();
    database.log().read(id, 0, Long.MAX_VALUE, events::add);
    return events;
  }

  private static VsmmuEvent decoded(StoredEvent event) {
    return EventCodec.decode(event.type(), event.payload());
  }

  private static StoredEvent first(Predicate<VsmmuEvent> wanted) {
    return log.stream().filter(event -> wanted.test(decoded(event))).findFirst().orElseThrow();
  }

  private static InputChange faults(String text) {
    return new InputChange(OptionalLong.empty(), FaultPlan.parse(text), text, PropertyChanges.NONE);
  }

  private static InputChange without(long position) {
    return new InputChange(OptionalLong.of(position), FaultPlan.none(), "", PropertyChanges.NONE);
  }

  private static WhatIfResult ask(OptionalLong at, InputChange change, @Nullable String keep) {
    return whatIf.run(whatIf.plan(new WhatIfRequest(vsmmu, at, change, keep)), events -> {});
  }

  private static WhatIfResult ask(InputChange change) {
    return ask(OptionalLong.empty(), change, null);
  }

  /** The access that made the stream translate for the first time. */
  private static StoredEvent translated() {
    StoredEvent configured =
        first(
            event ->
                event instanceof StreamConfigured stream
                    && stream.streamId() == SID
                    && stream.effective() == StreamBehaviour.TRANSLATE);
    return log.get(configured.cause().intValue());
  }

  private static long count(List<TypeCount> counts, String type) {
    return counts.stream()
        .filter(count -> count.type().equals(type))
        .mapToLong(TypeCount::count)
        .sum();
  }

  @Test
  void a_change_without_effect_gives_what_happened() {
    WhatIfResult result = ask(faults("attach:100000:EBUSY"));

    assertThat(result.gone()).isEmpty();
    assertThat(result.added()).isEmpty();
    assertThat(result.different()).isEmpty();
    assertThat(result.refusals()).isZero();
    assertThat(result.hostOperations()).isEmpty();
    assertThat(result.state().sections()).isEmpty();
    assertThat(result.recorded()).isEqualTo(log.size());
    assertThat(result.same()).isEqualTo(log.size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lab-qemu-11.1-linux-7.3-e1000e.vsmmulog",
        "live-qemu-11.1-linux-7.3-passthrough.vsmmulog",
        "qemu-11.1.3-emulated-boot.trace.log"
      })
  void every_bundled_log_is_what_happened_while_no_fault_occurs(String sample) throws Exception {
    RegisteredVsmmu of;
    try (InputStream in = WhatIfTest.class.getResourceAsStream("/samples/" + sample)) {
      Format format = sample.endsWith(".log") ? Format.QEMU_TRACE : Format.VSMMU;
      of = ((Imported) recordings.importFrom(in, format, null)).vsmmus().getFirst().vsmmu();
    }

    WhatIfResult result =
        whatIf.run(
            whatIf.plan(
                new WhatIfRequest(of, OptionalLong.empty(), faults("attach:100000:EBUSY"), null)),
            events -> {});

    assertThat(result.same()).isEqualTo(result.recorded()).isEqualTo(result.produced());
    assertThat(result.state().sections()).isEmpty();
    if (sample.startsWith("live")) {
      withoutAFaultReport(of);
    }
  }

  /**
   * The guest cannot have read the records that its event queue does not have: CONS stays behind
   * PROD, and the records of later reports are neither lost nor different.
   */
  private static void withoutAFaultReport(RegisteredVsmmu of) {
    StoredEvent report =
        read(of.id()).stream()
            .filter(event -> decoded(event) instanceof FaultsReported)
            .findFirst()
            .orElseThrow();

    WhatIfResult result =
        whatIf.run(
            whatIf.plan(
                new WhatIfRequest(of, OptionalLong.empty(), without(report.position()), null)),
            events -> {});

    assertThat(result.gone()).extracting(TypeCount::type).containsExactly("FaultsReported");
    assertThat(count(result.gone(), "FaultsReported")).isEqualTo(1);
    assertThat(result.added()).isEmpty();
    assertThat(result.different())
        .extracting(TypeCount::type)
        .doesNotContain("FaultsReported", "RegisterWritten");
  }

  @Test
  void without_the_command_that_configured_a_stream_it_does_not_translate_from_there_on() {
    StoredEvent access = translated();
    int before = database.registry().list(0, 1000, true).size();

    WhatIfResult result = ask(without(access.position()));

    assertThat(count(result.gone(), "StreamConfigured")).isPositive();
    assertThat(result.gone().stream().flatMap(count -> count.examples().stream()))
        .extracting(ChangedEvent::position)
        .contains(access.position());
    assertThat(result.from()).isEqualTo(access.position());
    assertThat(result.hostOperations())
        .anyMatch(operation -> operation.recorded() > operation.produced());
    assertThat(read(vsmmu.id())).hasSameSizeAs(log);
    assertThat(database.registry().list(0, 1000, true)).hasSize(before);
  }

  @Test
  void a_fault_of_the_host_closes_the_stream_and_is_seen_by_the_guest() {
    StoredEvent access = translated();

    WhatIfResult result =
        ask(OptionalLong.of(access.position() - 1), faults("attach:1:EBUSY:always"), null);

    assertThat(count(result.added(), "HostFailed")).isPositive();
    assertThat(result.hostOperations())
        .anyMatch(operation -> operation.outcome().startsWith("EBUSY"));
    assertThat(result.state().sections().get("streams"))
        .extracting(Difference::field)
        .contains("effective");
  }

  @Test
  void other_properties_change_what_the_guest_reads_and_its_commands_verdicts() {
    PropertyChanges off =
        new PropertyChanges(
            Optional.empty(), Optional.of(OnOffAuto.OFF), OptionalInt.of(40), OptionalInt.empty());

    WhatIfResult result = ask(new InputChange(OptionalLong.empty(), FaultPlan.none(), "", off));

    assertThat(count(result.different(), "VsmmuCreated")).isOne();
    assertThat(result.state().sections().get("registers"))
        .extracting(Difference::field)
        .contains("IDR5");
    assertThat(result.change()).isEqualTo("with ril=off, oas=40");
  }

  @Test
  void the_outcome_is_kept_as_a_log_of_its_own_that_says_where_it_leaves_what_happened() {
    StoredEvent access = translated();

    WhatIfResult result = ask(OptionalLong.empty(), without(access.position()), "other-way");

    RegisteredVsmmu kept = database.registry().byName("other-way").orElseThrow();
    List<StoredEvent> events = read(kept.id());
    int cut = (int) access.sequence();
    for (int i = 0; i < cut; i++) {
      assertThat(events.get(i).hash()).isEqualTo(log.get(i).hash());
    }
    assertThat(decoded(events.get(cut)))
        .isEqualTo(new InputChanged("what if: without position " + access.position()));
    assertThat(events).hasSize(cut + 1 + (int) result.produced());
    assertThat(database.verifier().verify(kept.id()).toString()).startsWith("Intact");
    assertThat(result.kept()).isEqualTo("other-way");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void every_outcome_is_what_the_state_machine_decides_about_its_own_log(long seed) {
    Random random = new Random(seed);
    List<StoredEvent> accesses =
        log.stream()
            .filter(
                event ->
                    decoded(event) instanceof StimulusEvent stimulus
                        && !(stimulus instanceof HostOutcomeReported)
                        && !(stimulus instanceof VsmmuCreated))
            .toList();
    StoredEvent access = accesses.get(random.nextInt(accesses.size()));
    String name = "random-" + seed;

    WhatIfResult result = ask(OptionalLong.empty(), without(access.position()), name);

    int id = database.registry().byName(name).orElseThrow().id();
    assertThat(replayed(id).divergences()).as("seed %d: %s", seed, decoded(access)).isEmpty();
    assertThat(database.verifier().verify(id).toString()).startsWith("Intact");
    assertThat(result.gone().stream().flatMap(count -> count.examples().stream()))
        .extracting(ChangedEvent::position)
        .contains(access.position());
  }

  private static ReplayReport replayed(int id) {
    try (CommandReplay replay = new CommandReplay(true)) {
      read(id).forEach(event -> replay.accept(decoded(event)));
      return replay.finish();
    }
  }

  @Test
  void a_replay_that_is_cancelled_leaves_nothing() {
    WhatIf.Plan plan =
        whatIf.plan(
            new WhatIfRequest(
                vsmmu, OptionalLong.empty(), without(translated().position()), "cancelled"));
    long[] passed = new long[1];

    assertThatThrownBy(
            () ->
                whatIf.run(
                    plan,
                    events -> {
                      if (++passed[0] > 100) {
                        throw new CancellationException("gone");
                      }
                    }))
        .isInstanceOf(CancellationException.class);

    assertThat(database.registry().byName("cancelled")).isEmpty();
  }

  @Test
  void a_log_that_was_tampered_with_is_refused_with_how_far_it_is_intact() throws Exception {
    ask(OptionalLong.empty(), without(translated().position()), "tampered");
    RegisteredVsmmu tampered = database.registry().byName("tampered").orElseThrow();
    long damaged = database.log().positionOf(tampered.id(), 30).orElseThrow();
    try (Connection connection = database.pool().getConnection();
        PreparedStatement update =
            connection.prepareStatement(
                "UPDATE event SET time_us = time_us + 1 WHERE position = ?")) {
      update.setLong(1, damaged);
      assertThat(update.executeUpdate()).isOne();
    }
    WhatIf.Plan plan =
        whatIf.plan(
            new WhatIfRequest(tampered, OptionalLong.empty(), faults("attach:9:EBUSY"), null));

    assertThatThrownBy(() -> whatIf.run(plan, events -> {}))
        .isInstanceOfSatisfying(
            RequestRefusedException.class,
            refused ->
                assertThat(refused.problems().getFirst().allowed())
                    .contains("intact up to the event before position " + damaged));
  }

  @Test
  void what_cannot_be_left_out_is_refused_with_what_to_do() {
    long creation = log.getFirst().position();
    long outcome = first(HostOutcomeReported.class::isInstance).position();
    StoredEvent consequence = first(StreamConfigured.class::isInstance);
    long cause = log.get(consequence.cause().intValue()).position();
    long beyond = database.log().headPosition() + 1;

    assertRefused(without(creation), "leaveOut", "without which there is no log");
    assertRefused(without(outcome), "leaveOut", "which faults change");
    assertRefused(
        without(consequence.position()), "leaveOut", "that at position %d".formatted(cause));
    assertRefused(without(beyond), "leaveOut", "position of an event of recorded");
  }

  @Test
  void a_request_that_changes_nothing_or_contradicts_itself_is_refused() {
    long access = translated().position();
    long last = log.getLast().position();
    PropertyChanges ril =
        new PropertyChanges(
            Optional.empty(), Optional.of(OnOffAuto.OFF), OptionalInt.empty(), OptionalInt.empty());

    assertRefused(faults(""), "change", "leaveOut with a position");
    assertRefused(OptionalLong.of(access), without(access), null, "leaveOut", "after at");
    assertRefused(
        OptionalLong.of(last), faults("attach:1:EBUSY"), null, "at", "before the last access");
    assertRefused(
        OptionalLong.of(access),
        new InputChange(OptionalLong.empty(), FaultPlan.none(), "", ril),
        null,
        "at",
        "properties take effect when a vSMMU is created");
    assertRefused(OptionalLong.empty(), without(access), "recorded", "keep", "no vSMMU has");
    assertRefused(OptionalLong.empty(), without(access), "No Name", "keep", "characters of a-z");
  }

  private static void assertRefused(InputChange change, String field, String required) {
    assertRefused(OptionalLong.empty(), change, null, field, required);
  }

  private static void assertRefused(
      OptionalLong at, InputChange change, @Nullable String keep, String field, String required) {
    assertThatThrownBy(() -> ask(at, change, keep))
        .isInstanceOfSatisfying(
            RequestRefusedException.class,
            refused -> {
              assertThat(refused.problems().getFirst().field()).isEqualTo(field);
              assertThat(refused.problems().getFirst().allowed()).contains(required);
            });
  }
}
