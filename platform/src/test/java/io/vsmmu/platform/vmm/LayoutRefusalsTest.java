package io.vsmmu.platform.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.BuildResults;
import io.vsmmu.problem.Problem;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each wrong layout is refused for one reason that names the field. */
class LayoutRefusalsTest {

  private static final AssignedDevice DEVICE = AssignedDevice.of("0000:01:00.0", 0);

  private static Problem reason(RootBusVsmmu... vsmmus) {
    return BuildResults.reason(
        QemuCommandLine.accelerated(VmLayouts.of(vsmmus), QemuFeature.USUAL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-a", "a,b", "A", "a b", "a'", "a-"})
  void a_name_is_one_of_a_vsmmu(String name) {
    assertThat(reason(VmLayouts.named(name, "/a")).field()).endsWith(".name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "01:00.0", "0000:01:00.8", "0000:01:20.0", "0000:01:00.0,x=1", "0000:0A:00.0"})
  void a_host_address_is_whole(String address) {
    RootBusVsmmu vsmmu = VmLayouts.at(8, AssignedDevice.of(address, 0));

    assertThat(reason(vsmmu).field()).endsWith("hostAddress");
  }

  @Test
  void a_device_is_behind_one_vsmmu() {
    assertThat(reason(VmLayouts.at(8, DEVICE), VmLayouts.at(16, DEVICE)).message())
        .isEqualTo(
            "vsmmus[b16].devices[0000:01:00.0].hostAddress is given twice, but must be given once:"
                + " a device can be behind one vSMMU only");
  }

  @Test
  void slots_are_taken_once_and_exist() {
    assertThat(reason(VmLayouts.at(8, DEVICE, AssignedDevice.of("0000:02:00.0", 0))).field())
        .endsWith(".slot");
    assertThat(reason(VmLayouts.at(8, AssignedDevice.of("0000:02:00.0", 32))).field())
        .endsWith(".slot");
  }

  @Test
  void buses_leave_room_for_the_devices() {
    AssignedDevice other = AssignedDevice.of("0000:02:00.0", 1);

    assertThat(reason(VmLayouts.at(8, DEVICE), VmLayouts.at(9, other)).message())
        .startsWith("vsmmus[b9].bus is 9 to 10, but must be apart from 8 to 9 of b8");
    assertThat(reason(VmLayouts.at(255, DEVICE)).field()).endsWith(".bus");
    assertThat(reason(VmLayouts.at(0, DEVICE)).field()).endsWith(".bus");
    assertThat(BuildResults.made(ExpectedStream.of(VmLayouts.of(VmLayouts.at(254, DEVICE)))))
        .hasSize(1);
  }

  @Test
  void properties_are_possible() {
    assertThat(reason(VmLayouts.showing(showing(OptionalInt.of(53), OptionalInt.empty()))).field())
        .endsWith(".oas");
    assertThat(reason(VmLayouts.showing(showing(OptionalInt.of(57), OptionalInt.empty()))).field())
        .endsWith(".oas");
    assertThat(reason(VmLayouts.showing(showing(OptionalInt.empty(), OptionalInt.of(21)))).field())
        .endsWith(".ssidSize");
  }

  private static SmmuOptions showing(OptionalInt oas, OptionalInt ssidSize) {
    return new SmmuOptions(
        OptionSetting.AUTO, OptionSetting.AUTO, oas, ssidSize, OptionSetting.AUTO);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 0xFC, 0x102, 0xFFC})
  void a_pasid_capability_lies_in_extended_space(int offset) {
    AssignedDevice device =
        new AssignedDevice("0000:01:00.0", 0, OptionSetting.AUTO, OptionalInt.of(offset));

    assertThat(reason(VmLayouts.at(8, device)).field()).endsWith(".pasidOffset");
  }

  @Test
  void qemus_own_smmu_has_a_device_from_the_start() {
    assertThat(reason(VmLayouts.at(8)).field()).isEqualTo("vsmmus[b8].devices.size");
    assertThat(
            BuildResults.made(
                QemuCommandLine.vfioUser(VmLayouts.of(VmLayouts.at(8)), QemuFeature.USUAL)))
        .isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "vm1.sock", "/a\nb"})
  void a_socket_has_an_absolute_path(String socket) {
    VmLayout layout = VmLayouts.of(VmLayouts.named("a", socket));

    assertThat(BuildResults.reason(QemuCommandLine.vfioUser(layout, QemuFeature.USUAL)).field())
        .endsWith(".socket");
  }

  @Test
  void a_socket_fits_its_address() {
    VmLayout longest = VmLayouts.of(VmLayouts.named("a", "/" + "a".repeat(106)));
    VmLayout longer = VmLayouts.of(VmLayouts.named("a", "/" + "a".repeat(105) + "ä"));

    assertThat(BuildResults.made(QemuCommandLine.vfioUser(longest, QemuFeature.USUAL)))
        .isNotEmpty();
    assertThat(BuildResults.reason(QemuCommandLine.vfioUser(longer, QemuFeature.USUAL)).given())
        .endsWith("108 bytes");
  }

  @Test
  void a_vmm_owns_64_devices_at_most() {
    VmLayout layout =
        VmLayouts.of(
            VmLayouts.at(8, full(1)),
            VmLayouts.at(64, full(2)),
            VmLayouts.at(128, AssignedDevice.of("0000:03:00.0", 0)));

    assertThat(BuildResults.reason(QemuCommandLine.run("vm", layout, QemuFeature.USUAL)).message())
        .contains("devices.size is 65", "at most 64", "another VM");
    assertThat(
            BuildResults.made(
                QemuCommandLine.run(
                    "vm",
                    VmLayouts.of(layout.vsmmus().get(0), layout.vsmmus().get(1)),
                    QemuFeature.USUAL)))
        .filteredOn("--device"::equals)
        .hasSize(64);
  }

  private static AssignedDevice[] full(int number) {
    AssignedDevice[] filled = new AssignedDevice[CommandLineLimits.SLOTS];
    for (int slot = 0; slot < filled.length; slot++) {
      filled[slot] = AssignedDevice.of("0000:%02x:%02x.0".formatted(number, slot), slot);
    }
    return filled;
  }

  @Test
  void a_layout_has_vsmmus_and_not_too_many() {
    assertThat(reason().field()).isEqualTo("vsmmus.size");
    VmLayout many =
        new VmLayout(VmLayout.GicVersion.GICV3_ITS, 1, Collections.nCopies(65, VmLayouts.at(8)));
    assertThat(BuildResults.reason(QemuCommandLine.accelerated(many, QemuFeature.USUAL)).given())
        .isEqualTo("65");
    VmLayout none = new VmLayout(VmLayout.GicVersion.GICV3_ITS, 0, List.of(VmLayouts.at(8)));
    assertThat(BuildResults.reason(QemuCommandLine.vfioUser(none, QemuFeature.USUAL)).field())
        .isEqualTo("memoryMib");
  }
}
