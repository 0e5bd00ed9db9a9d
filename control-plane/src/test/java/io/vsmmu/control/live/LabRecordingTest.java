package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.offline.SimulatedReplayHost;
import io.vsmmu.control.replay.EventReplay;
import io.vsmmu.control.replay.ReplayReport;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.Health;
import io.vsmmu.smmu.model.StreamState;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The bundled log of a stock guest of {@code lab/}, which this service served and recorded. */
class LabRecordingTest extends BundledLogTest {

  private static final String SAMPLE = "/samples/lab-qemu-11.1-linux-7.3-e1000e.vsmmulog";

  private static final int NIC = 0x10;
  private static final int RNG = 0x18;

  LabRecordingTest() {
    super(SAMPLE, 400);
  }

  @Test
  void its_log_is_whole_and_says_what_the_guest_did() {
    assertThat(log.events()).isEqualTo(1113);
    assertThat(log.end().health().status()).isEqualTo(Health.Status.OK);
    assertThat(log.end().commands().byName())
        .containsOnly(
            Map.entry("CFGI_ALL", 1L),
            Map.entry("PREFETCH_CONFIG", 3L),
            Map.entry("CFGI_STE", 6L),
            Map.entry("CFGI_CD", 6L),
            Map.entry("TLBI_NH_VA", 517L),
            Map.entry("TLBI_NSNH_ALL", 1L),
            Map.entry("CMD_SYNC", 531L));
  }

  @Test
  void its_streams_translate_until_the_guest_switches_its_smmu_off() {
    List<StreamBehaviour> nic = new ArrayList<>();
    VsmmuState end = sample.fold(state -> state.stream(NIC).ifPresent(s -> changed(nic, s)));

    assertThat(nic)
        .containsExactly(
            StreamBehaviour.BYPASS,
            StreamBehaviour.ABORT,
            StreamBehaviour.TRANSLATE,
            StreamBehaviour.BYPASS);
    assertThat(end).isEqualTo(log.end());
    assertThat(end.stream(NIC).orElseThrow().ste().words()).startsWith(0x44fb300bL, 0xd6L);
    assertThat(end.stream(RNG).orElseThrow().ste().words()).startsWith(0x44f8100bL, 0xd6L);
  }

  private static void changed(List<StreamBehaviour> seen, StreamState stream) {
    if (seen.isEmpty() || seen.getLast() != stream.effective()) {
      seen.add(stream.effective());
    }
  }

  @Test
  void a_host_that_fails_at_its_first_translating_stream_diverges_there() {
    ReplayReport report =
        sample.replay(
            new EventReplay(new SimulatedReplayHost(FaultPlan.parse("attach:3:EBUSY")), true));

    assertThat(report.divergences().getFirst().produced()).startsWith("EBUSY: ATTACH");
  }
}
