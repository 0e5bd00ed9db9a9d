package io.vsmmu.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.vsmmu.scripted.guest.Await;
import io.vsmmu.smmu.spec.CommandEntry;
import io.vsmmu.smmu.spec.Register;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A session has a thread, a virtual one, only while it has something to do. */
@Timeout(30)
class SessionThreadTest {

  private final String vsmmu = UUID.randomUUID().toString();

  @TempDir private Path folder;
  private int dumps;

  private SessionRig rig(Duration outcomeDelay) {
    return new SessionRig(vsmmu, new SessionLimits(256, 128, outcomeDelay));
  }

  private static List<CommandEntry> doorbell() {
    List<CommandEntry> entries = new ArrayList<>(SessionRig.tlbis(1));
    entries.addAll(SessionRig.syncs(1));
    return entries;
  }

  private boolean hasThread() {
    Path dump = folder.resolve("threads-" + dumps++);
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
      return Files.readString(dump).contains(vsmmu);
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Test
  void a_session_without_anything_to_do_has_no_thread() throws Exception {
    // given a session that handled posted stimuli
    try (SessionRig rig = rig(SessionRig.LONG)) {
      // when nothing waits and no outcome is pending
      // then its thread ends
      Await.until("its thread has ended", () -> !hasThread());

      // and the next stimulus is handled nevertheless
      assertThat(rig.does(SessionRig.write(Register.GERROR_IRQ_CFG1, 1)).decided().events())
          .isNotEmpty();
    }
  }

  @Test
  void a_pending_outcome_has_a_thread_until_it_is_recorded() throws Exception {
    // given a guest whose invalidation is done, and whose outcome waits for company
    try (SessionRig rig = rig(SessionRig.LONG)) {
      rig.session.perform(rig.slice(doorbell()));
      assertThat(hasThread()).isTrue();

      // when an operator's request brings it into the log
      rig.session.post(SessionRig.write(Register.GERROR_IRQ_CFG1, 1), "operator").join();

      // then the thread ends
      Await.until("its thread has ended", () -> !hasThread());
    }
  }

  @Test
  void the_outcome_of_an_idle_guests_last_doorbell_is_recorded_again_and_again() throws Exception {
    // given a session whose thread has ended
    try (SessionRig rig = rig(Duration.ofMillis(1))) {
      for (int round = 1; round <= 20; round++) {
        Await.until("its thread has ended", () -> !hasThread());
        int recorded = rig.log.submissions().size();

        // when the guest rings once
        rig.session.perform(rig.slice(doorbell()));

        // then the outcome follows the doorbell on its own
        Await.until("the outcome is recorded", () -> rig.log.submissions().size() == recorded + 2);
      }
    }
  }
}
