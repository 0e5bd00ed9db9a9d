package io.vsmmu.rest.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.host.ConfigSpace;
import io.vsmmu.host.HostDescription;
import io.vsmmu.host.HostIommu;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.HwInfo;
import io.vsmmu.host.IommuContext;
import io.vsmmu.host.simulated.SimulatedHost;
import io.vsmmu.host.simulated.TopologyBuilder;
import io.vsmmu.platform.pci.CapabilityPosition;
import io.vsmmu.rest.platform.PlatformResource.PlatformDevice;
import io.vsmmu.smmu.model.DeviceState;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.stimulus.HostDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The PASID capability of a device, out of its configuration space as VFIO shows it. */
class PasidCapabilitiesTest {

  private static final String A = "0000:01:00.0";
  private static final long CAPABILITIES = HwInfo.CAP_PCI_PASID_EXEC | HwInfo.CAP_PCI_PASID_PRIV;
  private static final CapabilityPosition LAST = new CapabilityPosition.LastFree();

  private static SimulatedHost host(int pasidBits) {
    TopologyBuilder topology =
        TopologyBuilder.standard().changeDevice(A, it -> it.withPasidLog2(pasidBits));
    return new SimulatedHost(topology.build());
  }

  private static PlatformDevice of(HostIommu host, int ssidBits, CapabilityPosition placement) {
    DeviceState device =
        new DeviceState(
            0x900, new HostDevice(A, "smmu", 1, IdRegisters.DEFAULT, true), 7, 8, true, 0);
    return new PasidCapabilities(host).of(device, ssidBits, placement);
  }

  /** A host whose device has another space. */
  private record OtherSpace(SimulatedHost host, Optional<ConfigSpace> space, long capabilities)
      implements HostIommu {

    @Override
    public HostDescription describe() {
      HostDescription all = host.describe();
      HostDescription.Device device = all.device(A).orElseThrow();
      HwInfo info = device.hwInfo().orElseThrow();
      HwInfo able = new HwInfo(info.dataType(), info.ids(), info.maxPasidLog2(), capabilities);
      return new HostDescription(
          all.smmus(), List.of(device.withHwInfo(Optional.of(able))), all.kernel());
    }

    @Override
    public Optional<ConfigSpace> configSpace(String address) {
      return space;
    }

    @Override
    public HostResult<IommuContext> open() {
      return host.open();
    }
  }

  private static OtherSpace space(int bytes) {
    byte[] config = new byte[bytes];
    ByteBuffer.wrap(config).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0x10d38086);
    return new OtherSpace(host(20), Optional.of(new ConfigSpace(config)), 0);
  }

  /** The hardware has one at 0x150, behind ATS; VFIO links past it and shows its bytes. */
  @Test
  void a_device_whose_pasid_capability_vfio_hides_gets_one_elsewhere() {
    PlatformDevice device = of(host(16), 20, LAST);

    assertThat(device.problem()).isNull();
    assertThat(device.pasid().width()).isEqualTo(16);
    assertThat(device.pasid().offset()).isEqualTo("0xff8");
    assertThat(device.pasid().previous()).isEqualTo("0x148");
    assertThat(device.pasid().next()).isEqualTo("0x0");
    assertThat(device.pasid().bytes()).startsWith("1b 00 01 00 ").hasSize(23);
    assertThat(device.pasid().bytes().split(" ")[5]).isEqualTo("10");
  }

  @Test
  void bytes_of_the_hidden_capability_are_no_place_for_another() {
    PlatformDevice refused = of(host(16), 20, new CapabilityPosition.At(0x150));

    assertThat(refused.pasid().offset()).isNull();
    assertThat(refused.problem()).contains("offset", "0x150");
  }

  @Test
  void it_goes_to_the_offset_that_is_asked_for_or_it_is_said_why_not() {
    assertThat(of(host(20), 20, new CapabilityPosition.At(0x200)).pasid().offset())
        .isEqualTo("0x200");
    PlatformDevice refused = of(host(20), 20, new CapabilityPosition.At(0x102));
    assertThat(refused.pasid().offset()).isNull();
    assertThat(refused.problem()).contains("offset", "0x102", "multiple of 4");
  }

  @Test
  void it_is_no_wider_than_the_substreams_of_the_vsmmu() {
    assertThat(of(host(20), 5, LAST).pasid().width()).isEqualTo(5);
  }

  @Test
  void the_guest_may_write_the_enables_of_what_the_device_has() {
    assertThat(of(host(20), 20, LAST).pasid().controlMask()).isEqualTo("0x1");
    OtherSpace executes = new OtherSpace(host(20), host(20).configSpace(A), CAPABILITIES);
    assertThat(of(executes, 20, LAST).pasid().controlMask()).isEqualTo("0x7");
  }

  @Test
  void a_space_without_extended_capabilities_has_no_place() {
    PlatformDevice device = of(space(ConfigSpace.LEGACY_BYTES), 20, LAST);

    assertThat(device.pasid().bytes()).isNull();
    assertThat(device.problem()).contains("256 bytes");
  }

  @Test
  void a_device_without_a_space_has_no_place() {
    assertThat(of(new OtherSpace(host(20), Optional.empty(), 0), 20, LAST).problem())
        .contains("VFIO does not give");
  }

  @Test
  void without_pasids_on_either_side_there_is_no_capability() {
    assertThat(of(host(0), 20, LAST).pasid()).isNull();
    assertThat(of(host(20), 0, LAST).problem()).contains("20 bits", "ssidsize is 0");
  }
}
