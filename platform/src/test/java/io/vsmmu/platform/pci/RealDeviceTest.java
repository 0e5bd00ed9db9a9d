package io.vsmmu.platform.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.BuildResults;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The configuration space of an e1000e of QEMU 11.1.3, as Linux 7.3 shows it in sysfs. */
class RealDeviceTest {

  private static final PasidCapability PASID = new PasidCapability(20, true, true);

  private static byte[] config() throws IOException {
    try (InputStream in = RealDeviceTest.class.getResourceAsStream("e1000e.config")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  private static InsertedCapability insert(CapabilityPosition placement) throws IOException {
    return BuildResults.made(CapabilityInsertion.insert(config(), PASID, placement));
  }

  @Test
  void it_has_error_reporting_and_a_serial_number() throws IOException {
    assertThat(BuildResults.made(ConfigImage.of(config()).then(CapabilityList::read)))
        .containsExactly(
            new CapabilityHeader(0x100, 0x01, 2, 0x140), new CapabilityHeader(0x140, 0x03, 1, 0));
  }

  @Test
  void a_pasid_capability_goes_behind_them() throws IOException {
    assertThat(insert(new CapabilityPosition.FirstFree()).offset()).isEqualTo(0x14C);
    assertThat(insert(new CapabilityPosition.LastFree()).offset()).isEqualTo(0xFF8);
  }

  /** Error reporting is shorter here than its maximum: the next header follows it directly. */
  @Test
  void there_is_no_room_between_them() throws IOException {
    assertThat(
            BuildResults.reason(
                    CapabilityInsertion.insert(config(), PASID, new CapabilityPosition.At(0x138)))
                .required())
        .isEqualTo("apart from capability 0x1, which has 0x100 to 0x13f");
  }
}
