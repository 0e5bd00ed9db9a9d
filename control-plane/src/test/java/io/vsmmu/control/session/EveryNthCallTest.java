package io.vsmmu.control.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.vm.Machine;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.write.JournalSettings;
import io.vsmmu.host.simulated.Attachment;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.journal.JournalBoundary;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.PosixException;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.HostObject;
import io.vsmmu.smmu.model.Lifecycle;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.ConfigInvalidation;
import io.vsmmu.smmu.spec.EventRecord;
import io.vsmmu.smmu.spec.EventType;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.StreamTableEntry;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.testing.TestPostgres;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The 1st, 2nd, ... host call of a scenario fails, then the 1st, 2nd, ... statement to PostgreSQL,
 * then append and sync of the journal, until the scenario runs clean, as iommufd's fail_nth does.
 * After each failure the service goes on without a hand; after one of the journal, the next one.
 *
 * <p>Of statements and of the journal's calls, those with the numbers 1, 3, 7, 15, ... fail; {@code
 * -Dvsmmu.every-nth.all=true} fails all, and host calls with a second errno.
 */
@Tag("slow")
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class EveryNthCallTest {

  private static final int SID = 0x100;
  private static final int OTHER_SID = 0x200;
  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final String ELSEWHERE = "0000:81:00.0";
  private static final String NAME = "v";
  private static final String SECOND = "second";
  private static final StreamTableEntry BYPASS = StreamTableEntry.ofTwoWords(9, 0);
  private static final StreamTableEntry TRANSLATE = StreamTableEntry.ofTwoWords(0x4000_000bL, 0);
  private static final StreamTableEntry CHANGED = StreamTableEntry.ofTwoWords(0x5000_000bL, 0);

  /** More calls than any scenario makes. */
  private static final int MOST = 150;

  /** Whether each statement and call of the journal fails, and not only some of them. */
  private static final boolean ALL = Boolean.getBoolean("vsmmu.every-nth.all");

  private static final String URL = BreakingSocketFactory.through(TestPostgres.newDatabase());

  private static Service service;

  /** The step of the journal that fails, and how many of them are left until it does. */
  private static volatile JournalBoundary failing = JournalBoundary.APPENDING;

  private static final AtomicInteger LEFT = new AtomicInteger();

  @BeforeAll
  static void start() {
    JournalSettings usual = JournalSettings.in(TestPostgres.journal(URL));
    service =
        new Service(
            URL,
            SimulatedHost.standard(),
            Service.folder(),
            new JournalSettings(
                usual.directory(), usual.limits(), false, EveryNthCallTest::reached));
    service.sockets.start();
  }

  private static void reached(JournalBoundary boundary) throws PosixException {
    if (boundary == failing && LEFT.get() > 0 && LEFT.decrementAndGet() == 0) {
      throw new PosixException(boundary.name(), Errno.EIO);
    }
  }

  /** The number of the call that fails after this one. */
  private static int after(int n) {
    return ALL ? n + 1 : 2 * n + 1;
  }

  @AfterAll
  static void end() {
    service.close();
  }

  /** What is there before, and the work in which one call fails. */
  private enum Scenario {
    CREATE(() -> {}, EveryNthCallTest::create),
    ATTACH(EveryNthCallTest::create, () -> attach(NAME, A, SID)),
    BOOT(EveryNthCallTest::attached, () -> service.boots(vsmmu(), SID)),
    TRANSLATE_AGAIN(EveryNthCallTest::booted, () -> installs(TRANSLATE)),
    BYPASS_AND_BACK(
        EveryNthCallTest::booted,
        () -> {
          installs(BYPASS);
          installs(TRANSLATE);
        }),
    CHANGE_UNDER_TRAFFIC(
        EveryNthCallTest::booted,
        () -> {
          service.rings(vsmmu(), SID, TRANSLATE, Service.doorbell());
          installs(CHANGED);
          service.rings(vsmmu(), SID, CHANGED, Service.doorbell());
        }),
    INVALIDATIONS(
        EveryNthCallTest::booted,
        () -> {
          service.rings(vsmmu(), SID, TRANSLATE, Service.doorbell());
          service.rings(vsmmu(), SID, TRANSLATE, Service.doorbell());
        }),
    FAULTS(
        EveryNthCallTest::booted,
        () ->
            control(
                new Stimulus.ReportFaults(
                    List.of(EventRecord.of(EventType.F_TRANSLATION, SID)), 3))),
    DETACH(EveryNthCallTest::booted, () -> service.administration.detach(NAME, SID, "operator")),
    TWO_DEVICES(
        EveryNthCallTest::booted,
        () -> {
          attach(NAME, B, OTHER_SID);
          service.administration.detach(NAME, SID, "operator");
        }),
    RESET(
        EveryNthCallTest::booted, () -> control(new Stimulus.Reset(Stimulus.ResetSource.OPERATOR))),
    DISABLE_AND_ENABLE(
        EveryNthCallTest::booted,
        () -> {
          service.writes(vsmmu(), Register.CR0, 0xc);
          service.writes(vsmmu(), Register.CR0, 0xd);
        }),
    PAUSE_AND_RESUME(
        EveryNthCallTest::booted,
        () -> {
          control(new Stimulus.Pause());
          control(new Stimulus.Resume());
        }),
    DELETE(EveryNthCallTest::booted, () -> service.administration.delete(NAME, "operator")),
    SECOND_VSMMU_OF_THE_VM(
        () -> {
          isRefused(() -> service.vms.create("vm", Machine.DEFAULT));
          service.administration.create(
              NAME, "vm", VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
          attach(NAME, A, SID);
        },
        () -> {
          service.administration.create(
              SECOND, "vm", VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
          attach(SECOND, ELSEWHERE, SID);
        }),
    STATE_AND_CHAIN(
        EveryNthCallTest::booted,
        () -> {
          service.state(vsmmu());
          service.verdict(vsmmu());
        });

    private final Runnable before;
    private final Runnable work;

    Scenario(Runnable before, Runnable work) {
      this.before = before;
      this.work = work;
    }
  }

  private static RegisteredVsmmu create() {
    return service.administration.create(
        NAME, Vms.OWN, VsmmuProperties.ALL_AUTO, Durability.COMMITTED, "operator");
  }

  private static void attached() {
    create();
    attach(NAME, A, SID);
  }

  private static void booted() {
    attached();
    service.boots(vsmmu(), SID);
  }

  private static RegisteredVsmmu vsmmu() {
    return service.database.registry().byName(NAME).orElseThrow();
  }

  private static void attach(String name, String device, int sid) {
    service.administration.attach(name, device, sid, OnOffAuto.OFF, "operator");
  }

  private static void control(Stimulus stimulus) {
    service.administration.control(NAME, stimulus, "operator");
  }

  private static void installs(StreamTableEntry ste) {
    service.rings(
        vsmmu(),
        SID,
        ste,
        List.of(new ConfigInvalidation.Ste(SID, false, true).encode(), Service.sync()));
  }

  @ParameterizedTest
  @EnumSource
  void a_host_call_that_fails_leaves_log_and_host_in_agreement(
      Scenario scenario, TestReporter reporter) {
    for (Errno errno : ALL ? List.of(Errno.EIO, Errno.ENOMEM) : List.of(Errno.EIO)) {
      int n = 1;
      int failures = 0;
      boolean failed = true;
      while (failed && n < MOST) {
        FaultPlan plan = FaultPlan.nthCall(n, errno);
        scenario.before.run();
        service.host.faults(plan);
        boolean refused = isRefused(scenario.work);
        failed = service.host.faultsInjected() > 0;
        service.host.faults(FaultPlan.none());
        assertThat(failed || !refused).as("refused without a failure").isTrue();
        failures += failed ? 1 : 0;
        soundAndGoesOn(scenario + ", host call " + n + " " + errno);
        n++;
      }
      reporter.publishEntry(scenario + " failed host calls, " + errno, String.valueOf(failures));
      assertThat(n).isLessThan(MOST);
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_statement_that_fails_leaves_log_and_host_in_agreement(
      Scenario scenario, TestReporter reporter) {
    int n = 1;
    int failures = 0;
    boolean failed = true;
    while (failed && n < MOST) {
      scenario.before.run();
      BreakingSocketFactory.breakAt(n);
      isRefused(scenario.work);
      failed = BreakingSocketFactory.broken() > 0;
      BreakingSocketFactory.breakAt(0);
      failures += failed ? 1 : 0;
      soundAndGoesOn(scenario + ", statement " + n);
      n = after(n);
    }
    reporter.publishEntry(scenario + " failed statements", String.valueOf(failures));
    assertThat(n).isLessThan(MOST);
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATE", "ATTACH"})
  void a_failed_append_or_sync_of_the_journal_ends_the_service_and_the_next_one_goes_on(
      Scenario scenario, TestReporter reporter) {
    for (JournalBoundary step : List.of(JournalBoundary.APPENDING, JournalBoundary.SYNCING)) {
      failing = step;
      int n = 1;
      int failures = 0;
      boolean failed = true;
      while (failed && n < MOST) {
        scenario.before.run();
        LEFT.set(n);
        isRefused(scenario.work);
        failed = LEFT.getAndSet(0) <= 0;
        if (failed) {
          failures++;
          // As the process that ends with exit code 6, and its successor.
          service.close();
          start();
        }
        soundAndGoesOn(scenario + ", " + step + " " + n);
        n = after(n);
      }
      reporter.publishEntry(scenario + " failures at " + step, String.valueOf(failures));
      assertThat(n).isLessThan(MOST);
    }
  }

  private static boolean isRefused(Runnable work) {
    try {
      work.run();
      return false;
    } catch (RuntimeException refused) {
      return true;
    }
  }

  /** The host has what the log says, later work succeeds, and nothing is left over. */
  private static void soundAndGoesOn(String failure) {
    try {
      Await.until(
          "the database answers", () -> !isRefused(() -> service.database.registry().byName(NAME)));
      for (String name : List.of(NAME, SECOND)) {
        service.database.registry().byName(name).ifPresent(EveryNthCallTest::agrees);
      }
      service.database.registry().byName(NAME).ifPresent(EveryNthCallTest::goesOn);
      for (String name : List.of(SECOND, NAME)) {
        if (service.database.registry().byName(name).isPresent()) {
          service.administration.delete(name, "operator");
        }
      }
      assertThat(service.host.objects()).isEqualTo(ObjectCounts.NONE);
    } catch (AssertionError | RuntimeException wrong) {
      throw new AssertionError("after " + failure, wrong);
    }
  }

  /** The fold of the log is the state, and each device is where it says, or more restricted. */
  private static void agrees(RegisteredVsmmu vsmmu) {
    if (service.live.isEmpty(vsmmu)) {
      return;
    }
    VsmmuState visible = service.live.of(vsmmu).function().session().visible();
    Await.until(
        "the log has what was seen", () -> Service.fold(service.events(vsmmu)).equals(visible));
    assertThat(service.verdict(vsmmu)).startsWith("Intact");
    for (DeviceState device : visible.devices().values()) {
      StreamState stream = visible.streams().get(device.streamId());
      Optional<Attachment> found = service.host.attachment(device.device().address());
      if (found.isEmpty()) {
        assertThat(visible.health().status()).isEqualTo(Health.Status.FAILED);
        assertThat(stream.effective()).isEqualTo(StreamBehaviour.ABORT);
      } else {
        HostObject hwpt = visible.objects().get(stream.hwpt());
        assertThat(found.get().hwptId()).isEqualTo(hwpt.kernelId());
      }
    }
  }

  /** The guest acknowledges what it saw, starts again, and its device translates. */
  private static void goesOn(RegisteredVsmmu vsmmu) {
    if (service.live.isEmpty(vsmmu)) {
      return;
    }
    control(new Stimulus.Reset(Stimulus.ResetSource.OPERATOR));
    if (service.state(vsmmu).lifecycle() == Lifecycle.PAUSED) {
      control(new Stimulus.Resume());
    }
    if (!service.state(vsmmu).devices().containsKey(SID)) {
      attach(vsmmu.name(), A, SID);
    }
    service.boots(vsmmu, SID);
    installs(CHANGED);
    assertThat(service.host.attachment(A))
        .hasValueSatisfying(
            it -> {
              assertThat(it.kind()).isEqualTo(Attachment.Kind.TRANSLATE);
              assertThat(it.ste0()).isEqualTo(0x5000_000bL);
            });
    assertThat(service.state(vsmmu).commandQueueStopped()).isFalse();
  }
}
