package io.vsmmu.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.gateway.ScriptedLog.Fate;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.smmu.aggregate.Applied;
import io.vsmmu.smmu.event.HostOutcomeReported;
import io.vsmmu.smmu.model.VsmmuState;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.QueuePointer;
import io.vsmmu.smmu.spec.Register;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import io.vsmmu.smmu.stimulus.HostDevice;
import io.vsmmu.smmu.stimulus.Origin;
import io.vsmmu.smmu.stimulus.SteFetch;
import io.vsmmu.smmu.stimulus.Stimulus;
import io.vsmmu.smmu.stimulus.Stimulus.ConsumeCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A vSMMU that may lose invalidations continues while its log is unavailable. */
@Timeout(10)
class WriteBehindLogTest {

  private static final int MOST = 64;

  private static final WriteBehindLimits LIMITS =
      new WriteBehindLimits(
          MOST,
          8,
          Duration.ofMillis(1),
          Duration.ofMillis(20),
          Duration.ofMillis(2),
          Duration.ofSeconds(5));

  private final ScriptedLog log = new ScriptedLog();
  private final ScriptedHost host = new ScriptedHost();
  private final WriteBehindLog writeBehind =
      new WriteBehindLog("v", VsmmuState.ABSENT, log, LIMITS);
  private final GuestSession session =
      new GuestSession(
          "v",
          writeBehind,
          host,
          new SessionLimits(256, 8, Duration.ofMillis(5), Duration.ofMillis(2)));
  private volatile Thread guestThread = Thread.currentThread();
  private final ExecutorService guest =
      Executors.newSingleThreadExecutor(
          task -> {
            guestThread = new Thread(task, "guest");
            return guestThread;
          });
  private QueuePointer prod = new QueuePointer(0, SessionRig.LOG2_SIZE);

  WriteBehindLogTest() {
    IdRegisters ids = IdRegisters.DEFAULT.withStage2(false);
    session
        .post(
            new Stimulus.Create(
                Origin.LIVE, Durability.BOUNDED_LOSS, VsmmuProperties.ALL_AUTO, ids),
            "ops")
        .join();
    session
        .post(
            new Stimulus.AttachDevice(
                SessionRig.SID,
                new HostDevice("0000:01:00.0", "smmu3.0", 1, ids, true),
                OnOffAuto.AUTO,
                ids,
                SteFetch.unknown(SessionRig.SID)),
            "ops")
        .join();
    session.perform(SessionRig.write(Register.CMDQ_BASE, 0x9000_0000L | SessionRig.LOG2_SIZE));
    session.perform(SessionRig.write(Register.CR0, 1 | 8));
  }

  @AfterEach
  void end() {
    session.close();
    writeBehind.close();
    guest.shutdown();
  }

  private CompletableFuture<Applied> rings() {
    List<CommandEntry> entries = new ArrayList<>(SessionRig.tlbis(7));
    entries.addAll(SessionRig.syncs(1));
    prod = prod.advance(entries.size());
    ConsumeCommands slice = new ConsumeCommands(prod.value(), entries, List.of(), List.of(), false);
    return CompletableFuture.supplyAsync(() -> session.perform(slice), guest);
  }

  private void logHasAllThatWasApplied() {
    Await.until(
        "everything is written",
        () -> writeBehind.lag() == 0 && !log.state().commandQueue().awaitsHost());
    assertThat(log.state().commandQueue().fetched()).isEqualTo(prod.value());
    List<Long> reported =
        log.events().stream()
            .filter(HostOutcomeReported.class::isInstance)
            .map(event -> ((HostOutcomeReported) event).decision())
            .toList();
    assertThat(reported).doesNotHaveDuplicates().isEqualTo(host.applied());
  }

  @Test
  void invalidations_continue_while_the_log_is_unavailable_and_are_written_when_it_is_available()
      throws Exception {
    log.unavailable(true);
    for (int i = 0; i < 20; i++) {
      rings().join();
    }
    assertThat(session.visible().value(Register.CMDQ_CONS)).isEqualTo(160);
    assertThat(log.state().commandQueue().fetched()).isZero();

    log.unavailable(false);

    logHasAllThatWasApplied();
  }

  @Test
  void invalidations_go_on_while_the_log_does_not_answer() throws Exception {
    CountDownLatch held = log.hold();
    for (int i = 0; i < 10; i++) {
      rings().join();
    }
    assertThat(session.visible().value(Register.CMDQ_CONS)).isEqualTo(80);

    held.countDown();

    logHasAllThatWasApplied();
  }

  @ParameterizedTest
  @EnumSource(names = {"LOST", "UNCONFIRMED"})
  void an_unconfirmed_submission_is_written_once(Fate fate) throws Exception {
    log.next(fate, Fate.WRITTEN, fate);
    for (int i = 0; i < 5; i++) {
      rings().join();
    }

    logHasAllThatWasApplied();
  }

  @Test
  void configuration_waits_for_the_log_and_for_all_before_it() throws Exception {
    log.unavailable(true);
    rings().join();
    CompletableFuture<Applied> configuration =
        CompletableFuture.supplyAsync(
            () -> session.perform(SessionRig.write(Register.EVENTQ_BASE, 0x8000)), guest);
    Await.until(
        "the configuration waits", () -> guestThread.getState() == Thread.State.TIMED_WAITING);
    Await.until("the log was asked", () -> !log.submissions().isEmpty());
    assertThat(configuration).isNotDone();

    log.unavailable(false);
    configuration.join();

    logHasAllThatWasApplied();
    assertThat(log.state().value(Register.EVENTQ_BASE)).isEqualTo(0x8000);
  }

  @Test
  void a_guest_that_waits_at_the_limit_does_not_keep_its_session_from_closing() throws Exception {
    log.unavailable(true);
    List<CompletableFuture<Applied>> posted = new ArrayList<>();
    for (int i = 0; i < 2 * MOST; i++) {
      posted.add(rings());
    }
    Await.until("the guest is held", () -> writeBehind.lag() >= MOST - 1);
    long held = posted.stream().filter(future -> !future.isDone()).count();
    assertThat(held).isPositive();

    writeBehind.stopHolding();
    session.close();

    assertThat(posted.getLast().handle((done, refused) -> refused).join())
        .hasCauseInstanceOf(IllegalStateException.class);
    log.unavailable(false);
  }

  @Test
  void the_guest_waits_when_too_many_stimuli_are_not_written() throws Exception {
    log.unavailable(true);
    List<CompletableFuture<Applied>> posted = new ArrayList<>();
    for (int i = 0; i < 2 * MOST; i++) {
      posted.add(rings());
    }
    Await.until("the guest is held", () -> writeBehind.lag() >= MOST - 1);
    assertThat(writeBehind.lag()).isLessThanOrEqualTo(MOST);
    assertThat(posted.getLast()).isNotDone();

    log.unavailable(false);
    posted.forEach(CompletableFuture::join);

    logHasAllThatWasApplied();
  }

  /** Each answer takes long, and many are needed; but they come. */
  @Test
  void a_slow_log_is_waited_for_and_counts_as_available() throws Exception {
    log.slow(LIMITS.confirmationTimeout().dividedBy(2));
    for (int i = 0; i < 40; i++) {
      rings().join();
    }
    assertThat(writeBehind.lag()).isGreaterThan(4 * LIMITS.submission());

    session.post(new Stimulus.Pause(), "ops").join();
    session.post(new Stimulus.Resume(), "ops").join();
    session.perform(SessionRig.write(Register.EVENTQ_BASE, 0x8000));

    logHasAllThatWasApplied();
  }

  @Test
  void a_log_that_is_busy_fails_no_request_of_an_operator() throws Exception {
    log.next(Fate.BUSY, Fate.BUSY, Fate.BUSY, Fate.WRITTEN, Fate.BUSY, Fate.BUSY, Fate.BUSY);
    rings().join();
    CompletableFuture<Applied> configuration =
        CompletableFuture.supplyAsync(
            () -> session.perform(SessionRig.write(Register.EVENTQ_BASE, 0x8000)), guest);

    session.post(new Stimulus.Pause(), "ops").join();

    configuration.join();
    logHasAllThatWasApplied();
  }

  @Test
  void operators_are_refused_at_once_while_the_log_does_not_answer() throws Exception {
    CountDownLatch held = log.hold();
    rings().join();
    CompletableFuture<Applied> first = session.post(new Stimulus.Pause(), "ops");
    assertThat(first.handle((done, refused) -> refused).join())
        .hasMessageContaining("confirmed nothing");

    held.countDown();
    logHasAllThatWasApplied();
    session.post(new Stimulus.Pause(), "ops").join();
  }
}
