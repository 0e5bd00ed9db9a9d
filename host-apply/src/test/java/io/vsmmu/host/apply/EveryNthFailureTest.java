package io.vsmmu.host.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.host.simulated.ObjectCounts;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.posix.Errno;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.HostOperation;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The 1st, 2nd, ... host call fails until a scenario runs clean, as iommufd's fail_nth does. */
class EveryNthFailureTest {

  private static final String A = "0000:01:00.0";
  private static final String B = "0000:02:00.0";
  private static final String F0 = "0000:03:00.0";
  private static final String F1 = "0000:03:00.1";

  private static final int MOST_CALLS = 200;

  /** One step of a scenario. */
  private interface Step {
    void run(Rig rig);
  }

  /** The scenarios, step by step. */
  private enum Scenario {
    LIFE(
        rig -> attach(rig, A),
        Rig::enable,
        rig -> rig.installs(A, Entries.TRANSLATE),
        EveryNthFailureTest::invalidates,
        rig -> rig.installs(A, Entries.translate(0x5000_0000L)),
        rig -> rig.detach(A)),
    TWO_DEVICES(
        rig -> attach(rig, A),
        rig -> attach(rig, B),
        Rig::enable,
        rig -> rig.installs(A, Entries.TRANSLATE),
        rig -> rig.installs(B, Entries.BYPASS),
        EveryNthFailureTest::invalidates,
        rig -> rig.detach(A),
        rig -> rig.detach(B)),
    GROUP(
        rig -> attach(rig, F0),
        rig -> attach(rig, F1),
        Rig::enable,
        rig -> rig.installs(F0, Entries.TRANSLATE),
        rig -> rig.installs(F1, Entries.translate(0x6000_0000L)),
        EveryNthFailureTest::invalidates,
        rig -> rig.installs(F0, Entries.BYPASS),
        rig -> rig.detach(F0),
        rig -> rig.detach(F1)),
    GROUP_JOINS_LATE(
        Rig::enable,
        rig -> attach(rig, F0),
        rig -> rig.installs(F0, Entries.BYPASS),
        rig -> rig.places(F1, Entries.TRANSLATE),
        rig -> attach(rig, F1),
        rig -> rig.detach(F0),
        rig -> rig.detach(F1)),
    RESET(
        rig -> attach(rig, A),
        Rig::enable,
        rig -> rig.installs(A, Entries.TRANSLATE),
        rig -> rig.meets(new Stimulus.Reset(Stimulus.ResetSource.VMM)),
        Rig::enable,
        rig -> rig.detach(A)),
    DISABLED_AND_ENABLED(
        rig -> attach(rig, A),
        Rig::enable,
        rig -> rig.installs(A, Entries.TRANSLATE),
        rig -> rig.writes(Register.CR0, 0),
        rig -> rig.writes(Register.GBPA, 1L << 31 | 1L << 20),
        Rig::enable,
        rig -> rig.detach(A)),
    RESTART(
        rig -> attach(rig, A),
        rig -> attach(rig, F0),
        rig -> attach(rig, F1),
        Rig::enable,
        rig -> rig.installs(A, Entries.TRANSLATE),
        rig -> rig.installs(F0, Entries.TRANSLATE),
        rig -> rig.restarts(Optional.empty()),
        rig -> rig.installs(A, Entries.translate(0x5000_0000L)),
        rig -> rig.detach(F1),
        rig -> rig.detach(F0),
        rig -> rig.detach(A)),
    STE_AGAIN_AND_AGAIN(
        rig -> attach(rig, A),
        Rig::enable,
        rig -> rig.installs(A, Entries.TRANSLATE),
        rig ->
            rig.runs(
                Entries.cfgiSte(Rig.sid(A)),
                Entries.cfgiSte(Rig.sid(A)),
                Entries.cfgiCdAll(Rig.sid(A)),
                Entries.cfgiSte(Rig.sid(A)),
                Entries.sync()),
        rig -> rig.detach(A));

    private final List<Step> steps;

    Scenario(Step... steps) {
      this.steps = List.of(steps);
    }
  }

  /**
   * Attaches as an operator does: an attachment that the host refuses is undone and requested
   * again.
   */
  private static void attach(Rig rig, String address) {
    rig.attach(address);
    if (!rig.failures().isEmpty()) {
      rig.agrees();
      rig.undoes(address);
      rig.attach(address);
    }
  }

  /** The guest acknowledges the error that it sees and continues where the queue stopped. */
  private static void invalidates(Rig rig) {
    var entries =
        List.of(Entries.tlbiVa(0x1000), Entries.sync(), Entries.tlbiVa(0x2000), Entries.sync());
    long start = rig.fetched();
    rig.runs(entries);
    for (int tries = 0; rig.state().commandQueueStopped() && tries < 8; tries++) {
      rig.acknowledges();
      int done = (int) (rig.fetched() - start);
      rig.consumes(entries.subList(done, entries.size()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_failure_anywhere_leaves_log_and_host_in_agreement(Scenario scenario) {
    for (Errno errno : List.of(Errno.EIO, Errno.ENOMEM, Errno.EBUSY)) {
      int n = 1;
      while (fails(scenario, FaultPlan.nthCall(n, errno), true)) {
        n++;
      }
      assertThat(n).isBetween(8, MOST_CALLS);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void a_host_that_keeps_failing_never_leaves_a_device_more_open_than_the_log_says(int every) {
    for (Scenario scenario : Scenario.values()) {
      assertThat(fails(scenario, FaultPlan.everyNthCall(every, Errno.ENOMEM), false)).isTrue();
    }
  }

  private static boolean fails(Scenario scenario, FaultPlan plan, boolean once) {
    SimulatedHost host = SimulatedHost.standard();
    Rig rig = new Rig(host);
    host.faults(plan);
    boolean reported = false;
    for (Step step : scenario.steps) {
      if (rig.state().commandQueueStopped()) {
        rig.acknowledges();
      }
      try {
        step.run(rig);
        reported |= !rig.failures().isEmpty();
        if (once) {
          rig.agrees();
          if (!rig.isTold(HostOperation.Kind.DESTROY)) {
            rig.leaksNothing();
          }
        } else {
          safe(rig);
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            scenario + " with " + plan + " at step " + scenario.steps.indexOf(step), e);
      }
    }
    if (once) {
      rig.leaksNothing();
    }
    rig.close();
    assertThat(host.objects()).isEqualTo(ObjectCounts.NONE);
    if (host.faultsInjected() == 0) {
      assertThat(reported).isFalse();
      assertThat(rig.state().health()).isEqualTo(Health.OK);
    }
    return host.faultsInjected() > 0;
  }

  /**
   * Each device has the attachment that the log has, or aborts, or is blocked and recorded as
   * failed.
   */
  private static void safe(Rig rig) {
    rig.state()
        .devices()
        .values()
        .forEach(
            device ->
                rig.attachment(device.device().address())
                    .ifPresent(
                        found -> {
                          var hwpt =
                              rig.state()
                                  .objects()
                                  .get(rig.stream(device.device().address()).hwpt());
                          if (found.hwptId() != hwpt.kernelId()) {
                            assertThat(rig.state().health().status())
                                .isEqualTo(Health.Status.FAILED);
                          }
                        }));
  }
}
