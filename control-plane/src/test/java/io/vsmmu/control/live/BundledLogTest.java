package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.recording.RecordingResult.ImportedLog;
import io.vsmmu.control.replay.CommandReplay;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.replay.ReplayReport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What holds for every log among the resources; its import serves all tests of a class. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BundledLogTest extends LiveTest {

  private final String resource;
  private final int hostOperations;

  ImportedSample sample;
  ImportedLog log;

  /**
   * Tests the log that is this resource.
   *
   * @param hostOperations the log has more operations of its host than this
   */
  BundledLogTest(String resource, int hostOperations) {
    this.resource = resource;
    this.hostOperations = hostOperations;
  }

  @BeforeAll
  void importSample() throws Exception {
    sample = ImportedSample.of(service.database, folder.resolve("uploads"), resource);
    log = sample.log();
  }

  @Test
  void its_log_is_intact() {
    assertThat(service.database.verifier().verify(log.vsmmu().id()).toString())
        .startsWith("Intact");
  }

  @Test
  void applying_its_events_to_a_simulated_host_diverges_nowhere() {
    ReplayReport report =
        sample.replaysWithoutDivergence(new EventReplay(new SimulatedReplayHost(), true));

    assertThat(report.hostOperations()).isGreaterThan(hostOperations);
  }

  @Test
  void deciding_its_accesses_again_diverges_nowhere() {
    sample.replaysWithoutDivergence(new CommandReplay(true));
  }
}
