package io.vsmmu.platform.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.vmm.QemuOwnedDevices.Device;
import java.util.List;
import org.junit.jupiter.api.Test;

class QemuOwnedDevicesTest {

  @Test
  void devices_and_vsmmus_come_behind_the_callers_arguments_and_vsmmus_last() {
    List<String> complete =
        QemuOwnedDevices.complete(
            List.of("qemu-system-aarch64", "-m", "1G"),
            7,
            List.of(
                new Device(8, 0x10, List.of("rombar=0")),
                new Device(9, 0x901, List.of("bus=port1", "addr=0.1"))),
            List.of("/d/vsmmu/a.sock", "/d/vsmmu/b \"c\".sock"));

    assertThat(complete)
        .containsExactly(
            "qemu-system-aarch64",
            "-m",
            "1G",
            "-object",
            "iommufd,id=vsmmu-iommufd,fd=7",
            "-device",
            "vfio-pci,id=vsmmu-device0,fd=8,iommufd=vsmmu-iommufd,bus=pcie.0,addr=2.0,rombar=0",
            "-device",
            "vfio-pci,id=vsmmu-device1,fd=9,iommufd=vsmmu-iommufd,bus=port1,addr=0.1",
            "-device",
            "{\"driver\":\"vfio-user-pci\",\"id\":\"vsmmu0\",\"socket\":{\"type\":\"unix\","
                + "\"path\":\"/d/vsmmu/a.sock\"},\"bus\":\"pcie.0\",\"addr\":\"1f.0\"}",
            "-device",
            "{\"driver\":\"vfio-user-pci\",\"id\":\"vsmmu1\",\"socket\":{\"type\":\"unix\","
                + "\"path\":\"/d/vsmmu/b \\\"c\\\".sock\"},\"bus\":\"pcie.0\",\"addr\":\"1e.0\"}");
  }

  @Test
  void a_device_on_another_bus_than_the_first_has_to_name_it() {
    assertThat(new Device(8, 0x900, List.of()).lacksBus()).isTrue();
    assertThat(new Device(8, 0x900, List.of("bus=port1")).lacksBus()).isFalse();
    assertThat(new Device(8, 0xf8, List.of()).lacksBus()).isFalse();
  }

  @Test
  void vfio_pci_with_a_descriptor_and_without_an_id_is_fatal_in_either_form() {
    assertThat(QemuOwnedDevices.fatal(List.of("q", "-device", "vfio-pci,fd=4,iommufd=i0")))
        .contains("vfio-pci,fd=4,iommufd=i0");
    assertThat(
            QemuOwnedDevices.fatal(
                List.of("q", "--device", "{\"driver\":\"vfio-pci\",\"fd\":\"4\"}")))
        .isPresent();
    assertThat(QemuOwnedDevices.fatal(List.of("q", "-device", "vfio-pci,id=a,fd=4"))).isEmpty();
    assertThat(
            QemuOwnedDevices.fatal(
                List.of("q", "-device", "{\"driver\":\"vfio-pci\",\"id\":\"a\",\"fd\":\"4\"}")))
        .isEmpty();
    assertThat(QemuOwnedDevices.fatal(List.of("q", "-device", "vfio-pci,host=0000:01:00.0")))
        .isEmpty();
    assertThat(QemuOwnedDevices.fatal(List.of("q", "-device"))).isEmpty();
  }
}
