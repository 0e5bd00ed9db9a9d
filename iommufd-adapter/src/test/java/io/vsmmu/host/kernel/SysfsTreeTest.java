package io.vsmmu.host.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.posix.DeviceNumber;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
