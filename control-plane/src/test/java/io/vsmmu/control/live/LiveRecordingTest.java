package io.vsmmu.control.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.smmu.event.StreamBehaviour;
import io.vsmmu.smmu.model.VsmmuState;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bundled log of the live machine: stock QEMUs that own real devices of a real kernel. */
class LiveRecordingTest extends BundledLogTest {

  private static final String SAMPLE = "/samples/live-qemu-11.1-linux-7.3-passthrough.vsmmulog";

  private static final int NIC = 0x100;

  LiveRecordingTest() {
    super(SAMPLE, 2000);
  }

  @Test
  void its_log_is_whole_and_ends_without_a_device() {
    assertThat(log.events()).isEqualTo(5720);
    assertThat(log.end().devices()).isEmpty();
    assertThat(log.end().vmm().connected()).isFalse();
  }

  @Test
  void its_nic_bypasses_and_translates_as_its_guests_go() {
    Set<StreamBehaviour> nic = new LinkedHashSet<>();

    VsmmuState end =
        sample.fold(state -> state.stream(NIC).ifPresent(stream -> nic.add(stream.effective())));

    assertThat(nic)
        .as("UNKNOWN is a device that comes back to a VMM before its guest has placed an STE")
        .contains(StreamBehaviour.BYPASS, StreamBehaviour.TRANSLATE, StreamBehaviour.UNKNOWN);
    assertThat(end).isEqualTo(log.end());
  }
}
