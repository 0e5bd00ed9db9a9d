package io.vsmmu.host.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.DeviceNumber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysfsTreeTest {

  @TempDir Path directory;
  private FakeRoot root;
  private SysfsTree sysfs;

  @BeforeEach
  void plug() throws Exception {
    root = new FakeRoot(directory, new FakeKernel());
    sysfs = new SysfsTree(root.paths());
    root.smmu(FakeRoot.SMMU);
    root.smmu("dmar0");
    root.vfio("0000:00:03.0", FakeRoot.SMMU, 3, 0);
    root.device("0000:81:1f.7", FakeRoot.SMMU, 12);
    root.device("0000:09:00.0", "dmar0", 13);
  }

  @Test
  void only_smmuv3s_and_what_is_behind_them_are_listed() {
    assertThat(sysfs.smmus()).containsExactly(FakeRoot.SMMU);
    assertThat(sysfs.devicesBehindSmmus())
        .extracting(PciDevice::address)
        .containsExactly("0000:00:03.0", "0000:81:1f.7");
  }

  @Test
  void a_device_has_its_group_driver_device_file_and_requester_id() {
    PciDevice bound = sysfs.device("0000:00:03.0").orElseThrow();
    PciDevice idle = sysfs.device("0000:81:1F.7").orElseThrow();

    assertThat(bound.iommuGroup()).hasValue(3);
    assertThat(bound.driver()).contains("vfio-pci");
    assertThat(bound.deviceFile()).contains("vfio0");
    assertThat(bound.streamIds()).containsExactly(0x18);
    assertThat(idle.driver()).isEmpty();
    assertThat(idle.deviceFile()).isEmpty();
    assertThat(idle.streamIds()).isEqualTo(List.of(0x81FF));
  }

  @Test
  void a_vfio_entry_without_a_number_has_no_device_file() throws Exception {
    Path entry = directory.resolve("sys/devices/pci/0000:00:03.0/vfio-dev/vfio0/dev");
    Files.delete(entry);

    assertThat(sysfs.device("0000:00:03.0").orElseThrow().deviceFile()).isEmpty();
  }

  @Test
  void a_path_is_no_address() {
    assertThat(sysfs.device("../../../devices/pci/0000:00:03.0")).isEmpty();
    assertThat(sysfs.device("")).isEmpty();
    assertThat(sysfs.device("0000:00:03.0/iommu")).isEmpty();
  }

  @Test
  void a_number_of_a_vfio_file_leads_to_its_device() throws Exception {
    root.link(directory.resolve("sys/dev/char/1:5"), "sys/devices/virtual/mem/zero");

    assertThat(sysfs.addressOf(new DeviceNumber(511, 0))).contains("0000:00:03.0");
    assertThat(sysfs.addressOf(new DeviceNumber(1, 5))).isEqualTo(Optional.empty());
    assertThat(sysfs.addressOf(new DeviceNumber(511, 1))).isEmpty();
  }

  @Test
  void a_device_behind_a_bridge_to_conventional_pci_has_the_bridges_id_as_well() throws Exception {
    // given: a root port, a PCIe-to-PCI bridge behind it, and two devices behind that
    Path port = root.device("0000:00:07.0", FakeRoot.SMMU, 7);
    Path bridge = root.device("0000:01:00.0", FakeRoot.SMMU, 10, port);
    root.device("0000:02:01.0", FakeRoot.SMMU, 10, bridge);
    Files.write(port.resolve("config"), bridge(4, 1));
    Files.write(bridge.resolve("config"), bridge(7, 2));

    // when, then
    assertThat(sysfs.device("0000:01:00.0").orElseThrow().streamIds()).containsExactly(0x100);
    assertThat(sysfs.device("0000:02:01.0").orElseThrow().streamIds())
        .containsExactly(0x208, 0x200);

    // when: only root sees more than 64 bytes
    Files.write(bridge.resolve("config"), Arrays.copyOf(bridge(7, 2), 64));
    assertThat(sysfs.device("0000:02:01.0").orElseThrow().streamIds()).containsExactly(0x208);
  }

  /** A configuration space with one capability in the way of the PCI Express one. */
  private static byte[] bridge(int type, int secondaryBus) {
    byte[] config = new byte[256];
    config[0x06] = 0x10;
    config[0x0E] = (byte) 0x81;
    config[0x19] = (byte) secondaryBus;
    config[0x34] = 0x40;
    config[0x40] = 0x01;
    config[0x41] = 0x48;
    config[0x48] = 0x10;
    config[0x4A] = (byte) (type << 4 | 2);
    return config;
  }
}
