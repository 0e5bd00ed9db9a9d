package io.vsmmu.debugger.cause;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.db.EventDatabase;
import io.vsmmu.debugger.EventfulLog;
import io.vsmmu.debugger.cause.ChainStep.Kind;
import io.vsmmu.projections.LogScript;
import io.vsmmu.projections.ProjectionsDatabase;
import io.vsmmu.projections.RandomLog;
import io.vsmmu.projections.query.EventQueries;
import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.projections.travel.TimeTravel;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventFields;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.SmmuCommand;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.RecordedHostCall;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class CausalChainsTest {

  private static final int SID = 0x900;

  private static EventDatabase database;
  private static CausalChains chains;

  @BeforeAll
  static void open() {
    database = ProjectionsDatabase.open();
    TimeTravel travel = new TimeTravel(database.log(), database.snapshots());
    chains =
        new CausalChains(database.log(), travel, new EventQueries(database.pool(), database.log()));
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static LogScript guest() {
    return LogScript.started(database).attach(SID, "0000:01:00.0").enable();
  }

  private static long position(LogScript script, String type) {
    EventfulLog.project(database);
    return EventfulLog.events(database, script.vsmmu()).stream()
        .filter(event -> event.type().equals(type))
        .reduce((first, second) -> second)
        .map(LogEvent::position)
        .orElseThrow();
  }

  private static CausalChain chain(LogScript script, long position) {
    return chains.of(script.vsmmu(), position, false).orElseThrow();
  }

  private static List<String> texts(CausalChain chain, Kind kind) {
    return chain.steps().stream().filter(step -> step.kind() == kind).map(ChainStep::text).toList();
  }

  @Test
  void a_configuration_leads_back_to_its_command_and_doorbell_and_on_to_the_hosts_answers() {
    LogScript script = guest().configure(SID, LogScript.TRANSLATE_STE);
    long configured = script.lastPosition();
    script.hostDone(
        LogScript.operation(HostOperation.Kind.ALLOC_HWPT, 9, SID, 17, 0),
        LogScript.operation(HostOperation.Kind.ATTACH, 9, SID, 0, 16));

    EventfulLog.project(database);
    CausalChain chain = chain(script, configured);

    assertThat(texts(chain, Kind.ACCESS)).singleElement().asString().contains("CMDQ_PROD");
    assertThat(texts(chain, Kind.COMMAND))
        .hasSize(2)
        .first()
        .asString()
        .contains("CFGI_STE", "StreamID=0x900");
    assertThat(texts(chain, Kind.HOST_CALL))
        .containsExactly(
            "ALLOC_HWPT for StreamID 0x900: done, errno 0, kernel id 17",
            "ATTACH for StreamID 0x900: refused with EBUSY (errno 16)");
    assertThat(chain.doorbell()).isEqualTo(chain.root().position());
    assertThat(chain.steps().stream().filter(ChainStep::asked).map(ChainStep::kind))
        .containsExactly(Kind.COMMAND, Kind.DECISION);
    assertThat(chain.notes()).anyMatch(note -> note.contains("not recorded in this log"));
  }

  @Test
  void the_chain_is_the_same_from_each_of_its_events() {
    LogScript script = guest().configure(SID, LogScript.TRANSLATE_STE).hostDone();
    CausalChain chain = chain(script, position(script, "CommandsConsumed"));

    for (ChainStep step : chain.steps()) {
      assertThat(chain(script, step.position()).steps())
          .extracting(ChainStep::text)
          .isEqualTo(chain.steps().stream().map(ChainStep::text).toList());
    }
  }

  @Test
  void a_sync_shows_its_slice_the_hosts_call_cons_and_the_msi_of_which_no_time_is_recorded() {
    LogScript script = guest();
    script.commands(LogScript.tlbi(7, 0x8000), new SmmuCommand.Sync(1, 3, 1, 0x42, 0x8090000));
    script.hostDone(new HostOperation(HostOperation.Kind.INVALIDATE, 0, 0, -1, 0, 1, 0, 0, -1));

    CausalChain chain = chain(script, position(script, "CommandsConsumed"));

    assertThat(chain.steps())
        .extracting(ChainStep::kind)
        .containsExactly(
            Kind.ACCESS,
            Kind.COMMAND,
            Kind.COMMAND,
            Kind.HOST_CALL,
            Kind.GUEST_SEES,
            Kind.GUEST_SEES);
    ChainStep msi = chain.steps().getLast();
    assertThat(msi.text()).contains("MSI", "0x42", "0x8090000");
    assertThat(msi.time()).isNull();
    assertThat(msi.micros()).isNull();
    ChainStep cons = chain.steps().get(4);
    assertThat(cons.text()).contains("CMDQ_CONS");
    assertThat(cons.micros()).isEqualTo(LogScript.MICROS_PER_EVENT);
    assertThat(chain.notes()).anyMatch(note -> note.contains("CMD_SYNC"));
  }

  @Test
  void a_slice_that_goes_on_names_the_doorbell_that_it_belongs_to() {
    LogScript script = guest();
    SmmuCommand configuration = new ConfigInvalidation.Ste(SID, false, true);
    script.act(
        script.slice(
            List.of(SteFetch.read(SID, LogScript.TRANSLATE_STE)),
            LogScript.tlbi(1, 0x1000),
            configuration,
            LogScript.sync()));
    long doorbell = position(script, "CommandsConsumed");
    Stimulus.ConsumeCommands whole =
        (Stimulus.ConsumeCommands)
            script.slice(
                List.of(SteFetch.read(SID, LogScript.TRANSLATE_STE)),
                configuration,
                LogScript.sync());
    script.hostDone().act(whole);
    long rest = position(script, "CommandsConsumed");

    CausalChain chain = chain(script, rest);

    assertThat(rest).isNotEqualTo(doorbell);
    assertThat(chain.root().position()).isEqualTo(rest);
    assertThat(chain.doorbell()).isEqualTo(doorbell);
    assertThat(texts(chain, Kind.ACCESS)).singleElement().asString().contains("goes on");
  }

  @Test
  void the_calls_of_a_recording_belong_to_the_access_before_them() {
    LogScript script =
        new LogScript(database)
            .create(Origin.QEMU_TRACE)
            .queues()
            .enable()
            .commands(LogScript.tlbi(7, 0x8000), LogScript.sync());
    RecordedHostCall call =
        new RecordedHostCall("iommufd_backend_invalidate_cache", "iommufd=16 id=4", 1, -5, 77);
    script.act(new Stimulus.ObserveHostCalls(List.of(call)));
    long calls = position(script, "HostCallsObserved");
    script.write(io.vsmmu.smmu.spec.Register.GERRORN, 0);
    script.act(new Stimulus.ObserveHostCalls(List.of(call)));

    CausalChain ofSlice = chain(script, position(script, "CommandsConsumed"));
    CausalChain ofCall = chain(script, calls);

    assertThat(texts(ofSlice, Kind.RECORDED_CALL))
        .containsExactly(
            "iommufd_backend_invalidate_cache iommufd=16 id=4: result -5: EIO (errno 5) (line 77)");
    assertThat(ofCall.root().position()).isEqualTo(ofSlice.root().position());
    assertThat(ofCall.steps().stream().filter(ChainStep::asked).map(ChainStep::kind))
        .containsExactly(Kind.RECORDED_CALL);
  }

  @Test
  void faults_and_stopped_queues_show_what_the_guest_sees_of_them() {
    LogScript script = guest();
    script.act(
        new Stimulus.ReportFaults(
            List.of(
                EventRecord.of(EventType.F_TRANSLATION, SID)
                    .withAddress(EventFields.INPUT_ADDR, 0xdead_b000L)),
            2));
    CausalChain fault = chain(script, position(script, "FaultsReported"));
    script.refusedCommand();
    CausalChain stopped = chain(script, position(script, "CommandQueueFailed"));

    assertThat(texts(fault, Kind.STIMULUS)).singleElement().asString().contains("lost 2");
    assertThat(texts(fault, Kind.GUEST_SEES))
        .first()
        .asString()
        .contains("F_TRANSLATION of StreamID 0x900 at 0xdeadb000", "event queue");
    assertThat(texts(stopped, Kind.GUEST_SEES)).anyMatch(text -> text.contains("CERROR_ILL"));
    assertThat(stopped.steps().stream().filter(ChainStep::asked).map(ChainStep::kind))
        .startsWith(Kind.COMMAND);
  }

  @Test
  void what_a_restart_did_is_no_consequence_of_the_last_doorbell() {
    LogScript script = guest();
    script.commands(LogScript.tlbi(7, 0x8000), LogScript.sync()).hostDone(invalidation(0));
    long doorbell = script.lastPosition() - 1;
    script.restarted(
        LogScript.operation(HostOperation.Kind.ADOPT_DEVICE, 1, SID, 3, 0),
        LogScript.operation(HostOperation.Kind.ALLOC_VEVENTQ, 8, SID, 21, 0),
        LogScript.operation(HostOperation.Kind.ATTACH, 1, SID, 0, 16));
    long restart = position(script, "HostOutcomeReported");
    long failed = position(script, "HostFailed");

    CausalChain ofDoorbell = chain(script, doorbell);
    CausalChain ofRestart = chain(script, restart);

    assertThat(texts(ofDoorbell, Kind.HOST_CALL)).singleElement().asString().contains("INVALIDATE");
    assertThat(ofDoorbell.steps()).noneMatch(step -> step.position() >= restart);
    assertThat(ofRestart.root().position()).isEqualTo(restart);
    assertThat(ofRestart.root().cause()).isNull();
    assertThat(texts(ofRestart, Kind.ACCESS)).isEmpty();
    assertThat(texts(ofRestart, Kind.STIMULUS))
        .singleElement()
        .asString()
        .contains(
            "the service was restarted",
            ofRestart.asked().event().time().toString(),
            "found the device of StreamID 0x900 still on its iommufd",
            "vEVENTQ was gone",
            "No access of the guest");
    assertThat(texts(ofRestart, Kind.HOST_CALL)).hasSize(3);
    assertThat(chain(script, failed).root().position()).isEqualTo(restart);
  }

  @Test
  void a_restart_that_ends_a_slice_gives_the_doorbell_its_invalidations_alone() {
    LogScript script = guest();
    script.commands(LogScript.tlbi(7, 0x8000), LogScript.sync());
    long doorbell = script.lastPosition();
    script.restarted(
        LogScript.operation(HostOperation.Kind.BIND_DEVICE, 1, SID, 3, 0),
        LogScript.operation(HostOperation.Kind.ATTACH, 1, SID, 0, 16),
        invalidation(0));
    long restart = position(script, "HostOutcomeReported");
    long failed = position(script, "HostFailed");

    CausalChain ofDoorbell = chain(script, doorbell);
    CausalChain ofRestart = chain(script, restart);

    assertThat(texts(ofDoorbell, Kind.HOST_CALL))
        .singleElement()
        .asString()
        .contains("INVALIDATE", "issued again after a restart");
    assertThat(texts(ofDoorbell, Kind.GUEST_SEES)).anyMatch(text -> text.contains("CMDQ_CONS"));
    assertThat(ofDoorbell.steps()).noneMatch(step -> step.position() == failed);
    assertThat(texts(ofRestart, Kind.STIMULUS).getFirst())
        .contains("bound it again", "slice at position " + doorbell);
    assertThat(texts(ofRestart, Kind.HOST_CALL)).hasSize(3);
    assertThat(chain(script, failed).root().position()).isEqualTo(restart);
  }

  private static HostOperation invalidation(int firstEntry) {
    return new HostOperation(HostOperation.Kind.INVALIDATE, 0, 0, -1, firstEntry, 1, 0, 0, -1);
  }

  @Test
  void measured_calls_have_their_own_time_and_duration_and_cons_moves_behind_the_last() {
    LogScript script = guest();
    script.commands(LogScript.tlbi(7, 0x8000), LogScript.sync());
    long doorbell = script.lastPosition();
    long began = chain(script, doorbell).root().event().stored().timeMicros() + 40;
    HostOperation first =
        new HostOperation(HostOperation.Kind.INVALIDATE, 0, 0, -1, 0, 1, 0, 0, -1, 0, 35_200);
    HostOperation second =
        new HostOperation(HostOperation.Kind.INVALIDATE, 0, 0, -1, 1, 1, 0, 0, -1, 50_000, 900);
    script.later(5_000_000);
    script.act(
        new Stimulus.ReportHostOutcome(script.state().stimulus(), List.of(first, second), began));

    CausalChain chain = chain(script, doorbell);

    List<ChainStep> calls =
        chain.steps().stream().filter(step -> step.kind() == Kind.HOST_CALL).toList();
    assertThat(calls).extracting(ChainStep::micros).containsExactly(40L, 90L);
    assertThat(calls).extracting(ChainStep::tookNanos).containsExactly(35_200L, 900L);
    assertThat(calls.getFirst().text()).endsWith("took 35.2 us");
    assertThat(calls.getLast().text()).endsWith("took 900 ns");
    assertThat(chain.steps())
        .filteredOn(step -> step.text().startsWith("CMDQ_CONS moves"))
        .singleElement()
        .extracting(ChainStep::micros)
        .isEqualTo(90L);
    assertThat(chain.notes()).noneMatch(note -> note.contains("not recorded in this log"));
  }

  @Test
  void a_report_of_many_records_shows_the_first_and_counts_the_others() {
    LogScript script = guest();
    script.act(
        new Stimulus.ReportFaults(
            Collections.nCopies(
                100,
                EventRecord.of(EventType.F_TRANSLATION, SID)
                    .withAddress(EventFields.INPUT_ADDR, 0xdead_b000L)),
            0));
    long report = position(script, "FaultsReported");

    CausalChain some = chain(script, report);
    CausalChain all = chains.of(script.vsmmu(), report, true).orElseThrow();

    assertThat(some.steps()).hasSizeLessThan(15);
    assertThat(some.omitted()).isEqualTo(100 - CauseLimits.PARTS);
    assertThat(texts(some, Kind.GUEST_SEES))
        .contains(
            "%d more: %d x F_TRANSLATION of StreamID 0x900"
                .formatted(some.omitted(), some.omitted()));
    assertThat(texts(some, Kind.GUEST_SEES).getLast()).startsWith("EVENTQ_PROD reads");
    assertThat(all.omitted()).isZero();
    assertThat(texts(all, Kind.GUEST_SEES)).hasSize(101);
  }

  @Test
  void a_failed_call_is_shown_among_many_that_succeeded() {
    LogScript script = guest();
    script.commands(LogScript.tlbi(7, 0x8000), LogScript.sync());
    long doorbell = script.lastPosition();
    List<HostOperation> operations = new ArrayList<>(Collections.nCopies(30, invalidation(0)));
    operations.add(new HostOperation(HostOperation.Kind.INVALIDATE, 0, 0, -1, 0, 1, 0, 5, 0));
    script.hostDone(operations.toArray(HostOperation[]::new));

    CausalChain chain = chain(script, doorbell);

    assertThat(texts(chain, Kind.HOST_CALL))
        .anyMatch(text -> text.contains("EIO"))
        .contains("22 more: 22 x INVALIDATE done");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void every_event_of_any_log_is_in_its_own_chain_which_begins_without_a_cause(long seed) {
    Random random = new Random(seed);
    List<Integer> vsmmus =
        List.of(
            new EventfulLog(database, random).grow(250).vsmmu(),
            RandomLog.live(database, random).grow(120).vsmmu(),
            RandomLog.recording(database, random).grow(120).vsmmu());
    EventfulLog.project(database);
    for (int vsmmu : vsmmus) {
      for (LogEvent event : EventfulLog.events(database, vsmmu)) {
        if (random.nextInt(3) == 0) {
          CausalChain chain = chains.of(vsmmu, event.position(), false).orElseThrow();

          assertThat(chain.root().cause()).as("seed %d, %s", seed, event.type()).isNull();
          assertThat(chain.steps())
              .as("seed %d, %s at %d", seed, event.type(), event.position())
              .isSortedAccordingTo(Comparator.comparingLong(ChainStep::position));
          if (!EventSteps.of(event.event(), VsmmuState.ABSENT).isEmpty()) {
            assertThat(chain.steps()).anyMatch(step -> step.position() == event.position());
          }
        }
      }
    }
  }

  @Test
  void an_event_of_another_vsmmu_has_no_chain() {
    LogScript script = guest();
    LogScript other = guest();

    assertThat(chains.of(script.vsmmu(), other.lastPosition(), false)).isEmpty();
  }
}
