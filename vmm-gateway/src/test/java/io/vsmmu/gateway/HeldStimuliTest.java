package io.vsmmu.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.gateway.ScriptedLog.Fate;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.RegisterWritten;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A guest's access that waits for an unavailable log happens once. */
@Timeout(10)
class HeldStimuliTest {

  private static final SessionLimits IMPATIENT =
      new SessionLimits(256, 128, Duration.ofMillis(5), Duration.ofMillis(2));

  private static List<CommandEntry> doorbell() {
    List<CommandEntry> entries = new ArrayList<>(SessionRig.tlbis(7));
    entries.addAll(SessionRig.syncs(1));
    return entries;
  }

  /** A guest's thread that may be held. */
  private static CompletableFuture<Applied> performed(SessionRig rig, Stimulus stimulus) {
    CompletableFuture<Applied> done =
        CompletableFuture.supplyAsync(() -> rig.session.perform(stimulus));
    while (rig.log.submissions().stream().noneMatch(tried -> tried.contains(stimulus))) {
      Thread.onSpinWait();
    }
    return done;
  }

  private static long written(SessionRig rig, Class<? extends VsmmuEvent> type) {
    return rig.log.events().stream().filter(type::isInstance).count();
  }

  @Test
  void a_register_write_that_waits_for_the_log_is_in_it_once() {
    try (SessionRig rig = new SessionRig(IMPATIENT)) {
      long before = written(rig, RegisterWritten.class);
      rig.log.next(Fate.LOST, Fate.LOST);

      rig.session.perform(SessionRig.write(Register.GERROR_IRQ_CFG1, 7));

      assertThat(written(rig, RegisterWritten.class)).isEqualTo(before + 1);
    }
  }

  @Test
  void a_doorbell_that_waits_for_the_log_reaches_the_host_once() {
    SessionRig rig = new SessionRig(IMPATIENT);
    int before = rig.host.applied().size();
    rig.log.next(Fate.LOST);

    rig.session.perform(rig.slice(doorbell()));

    rig.close();
    assertThat(written(rig, CommandsConsumed.class)).isEqualTo(1);
    assertThat(rig.host.applied()).hasSize(before + 1);
    assertThat(rig.state().value(Register.CMDQ_CONS)).isEqualTo(8);
  }

  @Test
  void a_doorbell_whose_host_broke_is_in_the_log_once() {
    SessionRig rig = new SessionRig(IMPATIENT);
    rig.host.throwsOnce();

    rig.session.perform(rig.slice(doorbell()));

    rig.close();
    assertThat(written(rig, CommandsConsumed.class)).isEqualTo(1);
    assertThat(rig.state().value(Register.CMDQ_CONS)).isEqualTo(8);
  }

  @Test
  void waiting_stimuli_are_handled_in_order_when_the_log_is_available_again() throws Exception {
    try (SessionRig rig = new SessionRig(IMPATIENT)) {
      rig.log.unavailable(true);
      CompletableFuture<Void> held =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < 5; i++) {
                  rig.session.perform(SessionRig.write(Register.GERROR_IRQ_CFG1, i));
                }
              });
      Await.until("the log was asked", () -> !rig.log.submissions().isEmpty());
      assertThat(held).isNotDone();

      rig.log.unavailable(false);
      held.join();

      assertThat(
              rig.log.events().stream()
                  .filter(RegisterWritten.class::isInstance)
                  .map(event -> ((RegisterWritten) event))
                  .filter(write -> write.offset() == Register.GERROR_IRQ_CFG1.offset())
                  .map(RegisterWritten::value))
          .containsExactly(0L, 1L, 2L, 3L, 4L);
    }
  }

  @Test
  void an_operator_does_not_wait_behind_a_stimulus_that_waits_for_the_log() {
    try (SessionRig rig = new SessionRig(IMPATIENT)) {
      rig.log.unavailable(true);
      CompletableFuture<Applied> held =
          performed(rig, SessionRig.write(Register.GERROR_IRQ_CFG1, 1));

      assertThatThrownBy(
              () -> rig.session.post(new Stimulus.Pause(), "ops").get(2, TimeUnit.SECONDS))
          .cause()
          .as("refused with the log's failure, or because the lock was held meanwhile")
          .isInstanceOfAny(IllegalStateException.class, LogUnavailableException.class);
      assertThat(held).isNotDone();

      rig.log.unavailable(false);
      held.join();
      rig.session.post(new Stimulus.Pause(), "ops").join();
    }
  }

  @Test
  void a_stimulus_that_waits_for_the_log_fails_when_the_session_closes() {
    SessionRig rig = new SessionRig(IMPATIENT);
    rig.log.unavailable(true);
    CompletableFuture<Applied> held = performed(rig, SessionRig.write(Register.GERROR_IRQ_CFG1, 1));

    rig.close();

    assertThatThrownBy(held::join).hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void the_guest_sees_its_invalidations_done_before_that_is_written() {
    try (SessionRig rig = new SessionRig(SessionRig.LONG)) {
      List<VsmmuState> seen = Collections.synchronizedList(new ArrayList<>());
      rig.session.observe((visible, events) -> seen.add(visible));

      rig.rings(doorbell()).join();

      assertThat(rig.state().value(Register.CMDQ_CONS)).isZero();
      assertThat(seen.getLast().value(Register.CMDQ_CONS)).isEqualTo(8);
      assertThat(rig.session.visible().value(Register.CMDQ_CONS)).isEqualTo(8);
    }
  }

  @Test
  void a_configuration_is_seen_done_only_when_its_outcome_is_written() throws Exception {
    try (SessionRig rig = new SessionRig(IMPATIENT)) {
      rig.log.next(Fate.WRITTEN, Fate.LOST, Fate.LOST);
      List<Long> cons = Collections.synchronizedList(new ArrayList<>());
      rig.session.observe((visible, events) -> cons.add(visible.value(Register.CMDQ_CONS)));

      rig.rings(List.of(SessionRig.cfgiSte())).join();
      Await.until(
          "the outcome is written",
          () -> {
            long shown = rig.session.visible().value(Register.CMDQ_CONS);
            boolean written = !rig.state().commandQueue().awaitsHost();
            assertThat(written || shown == 0).as("not shown before it is written").isTrue();
            return written;
          });

      Await.until("the guest sees it", () -> rig.session.visible().value(Register.CMDQ_CONS) != 0);
      assertThat(cons).containsExactly(0L, 1L);
    }
  }

  @Test
  void an_observer_sees_every_event_once() {
    SessionRig rig = new SessionRig(IMPATIENT);
    int before = rig.log.events().size();
    List<VsmmuEvent> seen = Collections.synchronizedList(new ArrayList<>());
    rig.session.observe((visible, events) -> seen.addAll(events));
    rig.log.next(Fate.LOST, Fate.WRITTEN, Fate.LOST, Fate.WRITTEN, Fate.LOST);
    for (int i = 0; i < 10; i++) {
      rig.session.perform(rig.slice(doorbell()));
      rig.session.perform(rig.slice(List.of(SessionRig.cfgiSte())));
    }
    rig.close();

    assertThat(seen).isEqualTo(rig.log.events().subList(before, rig.log.events().size()));
  }
}
