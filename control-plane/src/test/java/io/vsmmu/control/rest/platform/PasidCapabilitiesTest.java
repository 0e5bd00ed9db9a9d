package io.vsmmu.control.rest.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.rest.platform.PlatformResource.Device;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.Topology;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.platform.pci.ConfigLimits;
import io.vsmmu.platform.pci.Placement;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.HostDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The PASID capability of a device, out of its configuration space in sysfs. */
class PasidCapabilitiesTest {

  private static final String A = "0000:01:00.0";
  private static final int AER = 0x0001_0001;

  @TempDir Path devices;

  private Device of(int hostBits, int ssidBits, Placement placement) {
    TopologyBuilder topology =
        TopologyBuilder.standard()
            .changeDevice(
                A,
                it ->
                    new Topology.Device(
                        it.address(),
                        it.group(),
                        it.smmu(),
                        it.streamIds(),
                        true,
                        hostBits,
                        true,
                        false));
    DeviceState device =
        new DeviceState(
            0x900, new HostDevice(A, "smmu", 1, IdRegisters.DEFAULT, true), 7, 8, true, 0);
    return new PasidCapabilities(
            new SimulatedHost(topology.build()), new SysfsConfigSpaces(devices))
        .of(device, ssidBits, placement);
  }

  /** A space with one capability at 0x100. */
  private void space(int bytes) throws IOException {
    byte[] config = new byte[ConfigLimits.BYTES];
    ByteBuffer.wrap(config).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0x10d38086).putInt(0x100, AER);
    Path folder = Files.createDirectories(devices.resolve(A));
    Files.write(folder.resolve("config"), java.util.Arrays.copyOf(config, bytes));
  }

  @Test
  void it_goes_to_the_last_free_place_behind_the_capability_before_it() throws IOException {
    space(ConfigLimits.BYTES);

    Device device = of(16, 20, new Placement.LastFree());

    assertThat(device.problem()).isNull();
    assertThat(device.pasid()).isNotNull();
    assertThat(device.pasid().width()).isEqualTo(16);
    assertThat(device.pasid().offset()).isEqualTo("0xff8");
    assertThat(device.pasid().previous()).isEqualTo("0x100");
    assertThat(device.pasid().next()).isEqualTo("0x0");
    assertThat(device.pasid().bytes()).startsWith("1b 00 01 00 ").hasSize(23);
    assertThat(device.pasid().bytes().split(" ")[5]).isEqualTo("10");
  }

  @Test
  void it_goes_to_the_offset_that_is_asked_for_or_it_is_said_why_not() throws IOException {
    space(ConfigLimits.BYTES);

    assertThat(of(20, 20, new Placement.At(0x200)).pasid().offset()).isEqualTo("0x200");
    Device refused = of(20, 20, new Placement.At(0x102));
    assertThat(refused.pasid().offset()).isNull();
    assertThat(refused.problem()).contains("offset", "0x102", "multiple of 4");
  }

  @Test
  void it_is_no_wider_than_the_substreams_of_the_vsmmu() throws IOException {
    space(ConfigLimits.BYTES);

    assertThat(of(20, 5, new Placement.LastFree()).pasid().width()).isEqualTo(5);
  }

  @Test
  void a_space_that_only_root_may_see_in_full_has_no_place() throws IOException {
    space(64);

    Device device = of(20, 20, new Placement.LastFree());

    assertThat(device.pasid().bytes()).isNull();
    assertThat(device.problem()).contains("64", "as root");
  }

  @Test
  void a_device_without_a_space_has_no_place() {
    assertThat(of(20, 20, new Placement.LastFree()).problem()).contains("cannot be read");
  }

  @Test
  void without_pasids_on_either_side_there_is_no_capability() throws IOException {
    space(ConfigLimits.BYTES);

    assertThat(of(0, 20, new Placement.LastFree()).pasid()).isNull();
    assertThat(of(20, 0, new Placement.LastFree()).problem()).contains("20 bits", "ssidsize is 0");
  }
}
