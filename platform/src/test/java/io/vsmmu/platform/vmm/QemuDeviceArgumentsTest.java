package io.vsmmu.platform.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QemuDeviceArgumentsTest {

  @Test
  void devices_and_vsmmus_come_behind_the_callers_arguments_and_vsmmus_last() {
    List<String> complete =
        QemuDeviceArguments.complete(
            List.of("qemu-system-aarch64", "-m", "1G"),
            7,
            List.of(
                device("0000:01:00.0=0x10,rombar=0"),
                device("0000:02:00.0=0x901,bus=port1,addr=0.1")),
            List.of(8, 9),
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
  void functions_of_one_slot_are_told_to_qemu_as_such() {
    List<String> complete =
        QemuDeviceArguments.complete(
            List.of("q"),
            7,
            List.of(
                device("0000:01:00.1=0x11"),
                device("0000:01:00.0=0x10"),
                device("0000:02:00.0=0x18")),
            List.of(8, 9, 10),
            List.of());

    assertThat(complete)
        .filteredOn(argument -> argument.startsWith("vfio-pci"))
        .extracting(argument -> argument.replaceFirst(".*,addr=", ""))
        .containsExactly("2.1", "2.0,multifunction=on", "3.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pcie-root-port,id=p,bus=pcie.0,addr=2.0,multifunction=on",
        "pcie-root-port,addr=0x2,multifunction=true",
        "virtio-rng-pci,multifunction=on",
        "{\"driver\":\"pcie-root-port\",\"addr\":\"2.0\",\"multifunction\":true}"
      })
  void an_argument_of_the_caller_can_be_function_0(String argument) {
    assertThat(lacksFunctionZero("0000:01:00.0=0x11", "-device", argument)).isFalse();
    assertThat(lacksFunctionZero("0000:01:00.0=0x11", "--device", argument)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pcie-root-port,addr=2.0",
        "pcie-root-port,addr=2.0,multifunction=off",
        "pcie-root-port,addr=3.0,multifunction=on",
        "pcie-root-port,addr=2.2,multifunction=on",
        "virtio-rng-pci,bus=port1,addr=2.0,multifunction=on",
        "{\"driver\":\"pcie-root-port\",\"addr\":\"2.0\",\"multifunction\":false}"
      })
  void another_argument_of_the_caller_is_not_function_0(String argument) {
    assertThat(lacksFunctionZero("0000:01:00.0=0x11", "-device", argument)).isTrue();
    assertThat(lacksFunctionZero("0000:01:00.0=0x11", "-m", "1G")).isTrue();
  }

  @Test
  void a_device_that_is_function_0_or_has_one_beside_it_is_found_by_the_guest() {
    assertThat(lacksFunctionZero("0000:01:00.0=0x10")).isFalse();
    assertThat(lacksFunctionZero("0000:01:00.0=0x11,addr=2")).isFalse();
    assertThat(lacksFunctionZero("0000:01:00.0=0x11,addr=z")).isFalse();
    VmmOwnedDevice second = device("0000:01:00.1=0x11");
    assertThat(
            QemuDeviceArguments.lacksFunctionZero(
                second, List.of(second, device("0000:01:00.0=0x10")), List.of("q")))
        .isFalse();
    assertThat(
            QemuDeviceArguments.lacksFunctionZero(
                second, List.of(second, device("0000:01:00.0=0x18")), List.of("q")))
        .isTrue();
  }

  private static boolean lacksFunctionZero(String text, String... arguments) {
    VmmOwnedDevice device = device(text);
    return QemuDeviceArguments.lacksFunctionZero(device, List.of(device), List.of(arguments));
  }

  @Test
  void the_place_of_a_vsmmu_is_known() {
    assertThat(QemuDeviceArguments.isAtVsmmu(device("0000:01:00.0=0xf8"), 1)).isTrue();
    assertThat(QemuDeviceArguments.isAtVsmmu(device("0000:01:00.0=0xf1"), 1)).isFalse();
    assertThat(QemuDeviceArguments.isAtVsmmu(device("0000:01:00.0=0xf1"), 2)).isTrue();
    assertThat(QemuDeviceArguments.isAtVsmmu(device("0000:01:00.0=0xf8,bus=port1"), 2)).isFalse();
    assertThat(QemuDeviceArguments.isAtVsmmu(device("0000:01:00.0=0x10,addr=1f"), 1)).isTrue();
  }

  private static VmmOwnedDevice device(String text) {
    return VmmOwnedDevice.parse(text).orElseThrow();
  }

  @Test
  void vfio_pci_with_a_descriptor_and_without_an_id_is_fatal_in_either_form() {
    assertThat(QemuDeviceArguments.fatal(List.of("q", "-device", "vfio-pci,fd=4,iommufd=i0")))
        .contains("vfio-pci,fd=4,iommufd=i0");
    assertThat(
            QemuDeviceArguments.fatal(
                List.of("q", "--device", "{\"driver\":\"vfio-pci\",\"fd\":\"4\"}")))
        .isPresent();
    assertThat(QemuDeviceArguments.fatal(List.of("q", "-device", "vfio-pci,id=a,fd=4"))).isEmpty();
    assertThat(
            QemuDeviceArguments.fatal(
                List.of("q", "-device", "{\"driver\":\"vfio-pci\",\"id\":\"a\",\"fd\":\"4\"}")))
        .isEmpty();
    assertThat(QemuDeviceArguments.fatal(List.of("q", "-device", "vfio-pci,host=0000:01:00.0")))
        .isEmpty();
    assertThat(QemuDeviceArguments.fatal(List.of("q", "-device"))).isEmpty();
  }
}
