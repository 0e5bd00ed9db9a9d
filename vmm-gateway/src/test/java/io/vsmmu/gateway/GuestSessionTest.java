package io.vsmmu.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vsmmu.scripted.guest.Await;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.aggregate.StimulusRefusedException;
import io.vsmmu.smmu.event.CommandsConsumed;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import io.vsmmu.smmu.stimulus.Stimulus.ReportHostOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(5)
class GuestSessionTest {

  private static List<CommandEntry> doorbell() {
    List<CommandEntry> entries = new ArrayList<>(SessionRig.tlbis(7));
    entries.addAll(SessionRig.syncs(1));
    return entries;
  }

  @Test
  void stimuli_reach_the_log_in_the_order_they_were_posted() {
    try (SessionRig rig = new SessionRig(SessionRig.LONG)) {
      List<CompletableFuture<Applied>> posted = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        posted.add(rig.session.post(SessionRig.write(Register.GERROR_IRQ_CFG1, i)));
      }
      posted.forEach(CompletableFuture::join);

      assertThat(rig.log.submissions())
          .extracting(stimuli -> ((Stimulus.WriteRegister) stimuli.getFirst()).value())
          .containsExactlyElementsOf(java.util.stream.LongStream.range(0, 100).boxed().toList());
    }
  }

  @Test
  void waiting_doorbells_become_one_submission_up_to_the_bound() throws Exception {
    try (SessionRig rig = new SessionRig(SessionRig.LONG)) {
      CountDownLatch held = rig.log.hold();
      CompletableFuture<Applied> first =
          rig.session.post(SessionRig.write(Register.GERROR_IRQ_CFG1, 1));
      List<CompletableFuture<Applied>> posted = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        posted.add(rig.rings(SessionRig.syncs(8)));
      }
      held.countDown();
      first.join();
      posted.forEach(CompletableFuture::join);

      List<Integer> sizes =
          rig.log.submissions().stream()
              .map(List::getLast)
              .filter(ConsumeCommands.class::isInstance)
              .map(slice -> ((ConsumeCommands) slice).entries().size())
              .toList();
      assertThat(sizes).allMatch(size -> size <= 128).contains(128);
      assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(320);
      assertThat(rig.state().commandQueue().fetched()).isEqualTo(320);
    }
  }

  @Test
  void nothing_is_coalesced_across_another_stimulus() throws Exception {
    try (SessionRig rig = new SessionRig(SessionRig.LONG)) {
      CountDownLatch held = rig.log.hold();
      rig.session.post(SessionRig.write(Register.GERROR_IRQ_CFG1, 1));
      rig.rings(SessionRig.syncs(1));
      rig.session.post(SessionRig.write(Register.GERROR_IRQ_CFG1, 2));
      CompletableFuture<Applied> last = rig.rings(SessionRig.syncs(1));
      held.countDown();
      last.join();

      assertThat(rig.log.submissions())
          .extracting(stimuli -> stimuli.getLast().getClass().getSimpleName())
          .containsExactly("WriteRegister", "ConsumeCommands", "WriteRegister", "ConsumeCommands");
    }
  }

  @Test
  void the_outcome_of_invalidations_travels_with_the_next_doorbell() {
    try (SessionRig rig = new SessionRig(SessionRig.LONG)) {
      Applied first = rig.rings(doorbell()).join();
      rig.rings(doorbell()).join();
      rig.rings(doorbell()).join();

      assertThat(rig.log.submissions()).extracting(List::size).containsExactly(1, 2, 2);
      assertThat(rig.log.submissions().get(1).getFirst()).isEqualTo(first.outcome().orElseThrow());
      assertThat(rig.host.applied()).doesNotHaveDuplicates();
    }
    // Closing wrote the last one.
  }

  @Test
  void an_operators_request_does_not_put_its_name_on_a_guests_outcome() {
    try (SessionRig rig = new SessionRig(SessionRig.LONG)) {
      rig.rings(doorbell()).join();

      rig.session.post(new Stimulus.Pause(), "alice").join();

      assertThat(rig.log.submissions()).extracting(List::size).containsExactly(1, 1, 1);
      assertThat(rig.log.subjects()).containsExactly("", "", "alice");
    }
  }

  @Test
  void an_outcome_without_company_is_written_after_the_delay() throws Exception {
    try (SessionRig rig = new SessionRig(Duration.ofMillis(10))) {
      rig.rings(doorbell()).join();

      Await.until("the session has done it", () -> !rig.state().commandQueue().awaitsHost());

      assertThat(rig.log.submissions().getLast().getFirst()).isInstanceOf(ReportHostOutcome.class);
      assertThat(rig.state().value(Register.CMDQ_CONS)).isEqualTo(8);
    }
  }

  @Test
  void a_failed_invalidation_is_reported_before_the_doorbell_completes() {
    try (SessionRig rig = new SessionRig(SessionRig.LONG)) {
      rig.host.failsAt(3);

      Applied applied = rig.rings(doorbell()).join();

      assertThat(applied.reported()).isPresent();
      assertThat(rig.state().commandQueueStopped()).isTrue();
      assertThat(rig.state().value(Register.CMDQ_CONS) & 0xfffff).isEqualTo(3);
    }
  }

  @Test
  void a_configuration_is_reported_before_it_completes() {
    try (SessionRig rig = new SessionRig(SessionRig.LONG)) {
      Applied applied = rig.does(SessionRig.write(Register.CR0, 8));

      assertThat(applied.reported()).isPresent();
      assertThat(rig.log.decisions().getLast().events().getFirst())
          .isInstanceOf(HostOutcomeReported.class);
    }
  }

  @Test
  void the_remainder_of_a_slice_is_submitted_after_its_outcome() {
    try (SessionRig rig = new SessionRig(SessionRig.LONG)) {
      List<CommandEntry> entries = new ArrayList<>(SessionRig.tlbis(3));
      entries.add(SessionRig.cfgiSte());
      entries.addAll(SessionRig.tlbis(2));
      entries.addAll(SessionRig.syncs(1));

      rig.rings(entries).join();

      assertThat(
              rig.log.events().stream()
                  .filter(CommandsConsumed.class::isInstance)
                  .map(event -> ((CommandsConsumed) event).consumed()))
          .containsExactly(3, 4);
      assertThat(rig.state().commandQueue().fetched()).isEqualTo(7);
    }
  }

  @Test
  void a_refused_request_changes_nothing_and_keeps_the_pending_outcome() {
    try (SessionRig rig = new SessionRig(SessionRig.LONG)) {
      rig.rings(doorbell()).join();

      assertThatThrownBy(() -> rig.session.post(new Stimulus.Resume()).join())
          .hasCauseInstanceOf(StimulusRefusedException.class);
      rig.rings(doorbell()).join();

      assertThat(rig.state().commandQueue().fetched()).isEqualTo(16);
      assertThat(outcomes(rig)).doesNotHaveDuplicates();
    }
  }

  private static List<Long> outcomes(SessionRig rig) {
    return rig.log.events().stream()
        .filter(HostOutcomeReported.class::isInstance)
        .map(event -> ((HostOutcomeReported) event).decision())
        .toList();
  }

  @Test
  void closing_handles_what_was_posted_and_records_the_pending_outcome() {
    SessionRig rig = new SessionRig(SessionRig.LONG);
    CountDownLatch held = rig.log.hold();
    List<CompletableFuture<Applied>> posted = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      posted.add(rig.rings(doorbell()));
    }
    Thread.ofVirtual().start(held::countDown);

    rig.close();

    assertThat(posted).allMatch(done -> done.isDone() && !done.isCompletedExceptionally());
    assertThat(rig.state().commandQueue().awaitsHost()).isFalse();
    assertThat(rig.state().value(Register.CMDQ_CONS)).isEqualTo(160);
  }

  @Test
  void posting_to_a_closed_session_fails() {
    SessionRig rig = new SessionRig(SessionRig.LONG);
    rig.close();

    assertThatThrownBy(() -> rig.rings(doorbell()).join())
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void every_future_ends_when_posting_meets_closing() throws Exception {
    for (int round = 0; round < 50; round++) {
      SessionRig rig = new SessionRig(new SessionLimits(2, 128, Duration.ofMillis(1)));
      List<CompletableFuture<Applied>> posted =
          java.util.Collections.synchronizedList(new ArrayList<>());
      List<Thread> posters = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        posters.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int n = 0; n < 20; n++) {
                        posted.add(rig.session.post(SessionRig.write(Register.GERROR_IRQ_CFG1, n)));
                      }
                    }));
      }
      rig.close();
      for (Thread poster : posters) {
        poster.join();
      }
      for (CompletableFuture<Applied> done : posted) {
        done.handle((applied, failure) -> true).get(5, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void a_blocked_session_blocks_no_other() {
    try (SessionRig stuck = new SessionRig(SessionRig.LONG);
        SessionRig other = new SessionRig(SessionRig.LONG)) {
      CountDownLatch held = stuck.log.hold();
      CompletableFuture<Applied> waits = stuck.rings(doorbell());

      other.rings(doorbell()).join();

      assertThat(waits).isNotDone();
      held.countDown();
      waits.join();
    }
  }

  @Test
  void a_caller_that_posts_to_a_full_session_waits() throws Exception {
    try (SessionRig rig = new SessionRig(new SessionLimits(2, 128, SessionRig.LONG))) {
      CountDownLatch held = rig.log.hold();
      List<CompletableFuture<Applied>> posted =
          java.util.Collections.synchronizedList(new ArrayList<>());
      Thread poster =
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int i = 0; i < 10; i++) {
                      posted.add(rig.session.post(SessionRig.write(Register.GERROR_IRQ_CFG1, i)));
                    }
                  });
      Await.until("the poster waits", () -> poster.getState() == Thread.State.TIMED_WAITING);
      assertThat(posted.size()).isLessThan(10);

      held.countDown();
      poster.join();
      posted.forEach(CompletableFuture::join);
    }
  }
}
