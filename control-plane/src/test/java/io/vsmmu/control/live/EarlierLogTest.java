package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.replay.CommandReplay;
import io.vsmmu.control.replay.Divergence;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.replay.ReplayReport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A log of the service as it was before the field tables decided (ADR 17): what is in it stays as
 * it is, and deciding its accesses again shows the rules that changed, and no others.
 */
class EarlierLogTest extends LiveTest {

  private static ImportedSample sample;

  @BeforeAll
  static void importSample() throws Exception {
    sample =
        ImportedSample.of(
            service.database, folder.resolve("uploads"), "/logs/lab-2026-11-22.vsmmulog");
  }

  @Test
  void its_events_apply_to_a_host_as_they_did() {
    ReplayReport report = sample.replay(new EventReplay(new SimulatedReplayHost(), true));

    assertThat(report.divergences()).isEmpty();
    assertThat(report.events()).isEqualTo(1114);
    assertThat(sample.fold(_ -> {})).isEqualTo(sample.log().end());
  }

  @Test
  void deciding_again_shows_what_is_decided_otherwise_today() {
    ReplayReport report = sample.replay(new CommandReplay(true));

    assertThat(report.divergences())
        .extracting(Divergence::sequence)
        .as(
            "CR2.PTM is RES0 without BTM; STEs that CR0 does not need are not read; S1DSS is"
                + " IGNORED without CDs to choose from, twice; a stream without a device follows"
                + " SMMUEN without an event of its own")
        .containsExactly(17L, 44L, 61L, 70L, 1108L);
  }
}
