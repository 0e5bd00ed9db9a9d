package io.vsmmu.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.gateway.ScriptedLog.Fate;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.Register;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The log is unavailable, or the host breaks after the log took a decision. */
@Timeout(5)
class UnreliableLogTest {

  private static List<CommandEntry> doorbell() {
    List<CommandEntry> entries = new ArrayList<>(SessionRig.tlbis(7));
    entries.addAll(SessionRig.syncs(1));
    return entries;
  }

  private static void fails(CompletableFuture<Applied> future) {
    assertThatThrownBy(future::join).hasCauseInstanceOf(IllegalStateException.class);
  }

  /** Each decision for the host applied once and reported once, in order. */
  private static void nothingLostOrRepeated(SessionRig rig) {
    List<Long> reported =
        rig.log.events().stream()
            .filter(HostOutcomeReported.class::isInstance)
            .map(event -> ((HostOutcomeReported) event).decision())
            .toList();
    assertThat(reported).doesNotHaveDuplicates();
    assertThat(rig.host.applied()).isEqualTo(reported);
    assertThat(rig.state().commandQueue().awaitsHost()).isFalse();
    assertThat(rig.state().value(Register.CMDQ_CONS))
        .isEqualTo(rig.state().commandQueue().fetched());
  }

  @Test
  void an_outcome_stays_pending_while_the_log_is_unavailable() throws Exception {
    SessionRig rig = new SessionRig(Duration.ofMillis(5));
    rig.log.next(Fate.WRITTEN, Fate.LOST, Fate.LOST, Fate.LOST);

    rig.rings(doorbell()).join();
    Await.until("the outcome is written", () -> !rig.state().commandQueue().awaitsHost());

    rig.close();
    nothingLostOrRepeated(rig);
  }

  @Test
  void a_doorbell_that_the_log_lost_fails_and_can_be_rung_again() {
    SessionRig rig = new SessionRig(SessionRig.LONG);
    rig.log.next(Fate.LOST);
    fails(rig.rings(doorbell()));

    rig.session.post(rig.again(doorbell())).join();

    rig.close();
    assertThat(rig.state().commandQueue().fetched()).isEqualTo(8);
    nothingLostOrRepeated(rig);
  }

  @Test
  void the_entries_of_a_doorbell_are_not_taken_for_those_of_a_lost_one() {
    SessionRig rig = new SessionRig(new SessionLimits(256, 8, SessionRig.LONG));
    CountDownLatch held = rig.log.hold();
    rig.log.next(Fate.LOST);
    CompletableFuture<Applied> first = rig.rings(doorbell());
    CompletableFuture<Applied> second = rig.rings(doorbell());
    held.countDown();
    fails(first);

    fails(second);
    // Posted after the failure, though its sender has not seen it.
    fails(rig.rings(doorbell()));
    assertThat(rig.state().commandQueue().fetched()).isZero();

    List<CommandEntry> all = new ArrayList<>(doorbell());
    all.addAll(doorbell());
    all.addAll(doorbell());
    rig.session.post(rig.again(all)).join();
    rig.rings(doorbell()).join();

    rig.close();
    assertThat(rig.state().commandQueue().fetched()).isEqualTo(32);
    nothingLostOrRepeated(rig);
  }

  @Test
  void a_configuration_whose_outcome_cannot_be_written_is_reported_before_anything_else() {
    SessionRig rig = new SessionRig(SessionRig.LONG);
    rig.log.next(Fate.WRITTEN, Fate.LOST);

    Applied applied = rig.does(SessionRig.write(Register.CR0, 8));
    assertThat(applied.reported()).isEmpty();
    rig.rings(doorbell()).join();

    rig.close();
    nothingLostOrRepeated(rig);
  }

  @Test
  void a_failure_that_cannot_be_written_is_seen_by_the_guest_before_anything_else() {
    SessionRig rig = new SessionRig(SessionRig.LONG);
    rig.host.failsAt(3);
    rig.log.next(Fate.WRITTEN, Fate.LOST);
    rig.rings(doorbell()).join();

    rig.rings(doorbell()).join();

    rig.close();
    assertThat(rig.state().commandQueueStopped()).isTrue();
    assertThat(rig.state().value(Register.CMDQ_CONS) & 0xfffff).isEqualTo(3);
    assertThat(
            rig.log.events().stream()
                .filter(CommandsConsumed.class::isInstance)
                .map(event -> ((CommandsConsumed) event).consumed()))
        .containsExactly(8, 0);
  }

  @Test
  void a_host_that_broke_is_given_the_decision_again() {
    SessionRig rig = new SessionRig(SessionRig.LONG);
    rig.host.throwsOnce();
    fails(rig.rings(doorbell()));

    rig.rings(doorbell()).join();

    rig.close();
    nothingLostOrRepeated(rig);
  }

  @Test
  void a_host_that_broke_is_given_the_decision_again_even_if_nothing_follows() throws Exception {
    SessionRig rig = new SessionRig(Duration.ofMillis(5));
    rig.host.throwsOnce();
    fails(rig.rings(doorbell()));

    Await.until("the outcome is written", () -> !rig.state().commandQueue().awaitsHost());

    rig.close();
    nothingLostOrRepeated(rig);
  }

  @Test
  void everything_fails_while_the_log_is_unavailable_and_succeeds_afterwards() {
    SessionRig rig = new SessionRig(Duration.ofMillis(5));
    rig.rings(doorbell()).join();
    rig.log.unavailable(true);
    fails(rig.rings(doorbell()));
    fails(rig.session.post(SessionRig.write(Register.CR0, 8)));
    rig.log.unavailable(false);

    rig.session.post(rig.again(doorbell())).join();

    rig.close();
    assertThat(rig.state().commandQueue().fetched()).isEqualTo(16);
    nothingLostOrRepeated(rig);
  }
}
