package io.vsmmu.platform.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.BuildResults;
import io.vsmmu.platform.Refusals;
import io.vsmmu.problem.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options as {@code qemu-system-aarch64 -device NAME,help} of QEMU 11.1.3 lists them. */
class QemuCommandLineTest {

  private static final VmmVersion NEWEST = new VmmVersion(11, 1);
  private static final VmmVersion FIRST_ACCELERATED = new VmmVersion(11, 0);

  private static VmLayout showing(int oas, OptionSetting cmdqv) {
    return VmLayouts.of(
        VmLayouts.showing(
            new SmmuOptions(
                OptionSetting.ON,
                OptionSetting.ON,
                OptionalInt.of(oas),
                OptionalInt.of(20),
                cmdqv)));
  }

  private static String smmu(VmLayout layout, VmmVersion version) {
    return BuildResults.made(QemuCommandLine.accelerated(layout, version)).stream()
        .filter(argument -> argument.startsWith("arm-smmuv3"))
        .collect(Collectors.joining());
  }

  @Test
  void a_qemu_gets_no_option_that_it_does_not_have() {
    assertThat(smmu(showing(48, OptionSetting.OFF), FIRST_ACCELERATED)).doesNotContain("cmdqv");
    assertThat(smmu(showing(48, OptionSetting.OFF), NEWEST)).endsWith(",cmdqv=off");
    assertThat(
            BuildResults.made(
                QemuCommandLine.accelerated(VmLayouts.of(VmLayouts.SECOND), FIRST_ACCELERATED)))
        .as("a QEMU without the option shows the capability")
        .contains(
            "vfio-pci,host=0001:0a:1f.7,bus=vsmmu-1b.x.port31,iommufd=iommufd0"
                + ",x-vpasid-cap-offset=0xff8");
  }

  @Test
  void what_a_qemu_cannot_do_is_refused_with_the_release_that_can() {
    Problem queues =
        BuildResults.reason(
            QemuCommandLine.accelerated(showing(48, OptionSetting.ON), FIRST_ACCELERATED));
    RootBusVsmmu hidden =
        VmLayouts.at(
            8, new AssignedDevice("0000:01:00.0", 0, OptionSetting.OFF, OptionalInt.empty()));
    Problem ats =
        BuildResults.reason(QemuCommandLine.accelerated(VmLayouts.of(hidden), FIRST_ACCELERATED));
    Problem old =
        BuildResults.reason(
            QemuCommandLine.accelerated(showing(48, OptionSetting.OFF), new VmmVersion(10, 2)));
    Problem older =
        BuildResults.reason(
            QemuCommandLine.vfioUser(showing(48, OptionSetting.OFF), new VmmVersion(10, 0)));

    assertThat(queues.message()).contains("qemu is 11.0", "11.1 or later", "cmdqv");
    assertThat(ats.message()).contains("11.1 or later", "vfio-pci,ats");
    assertThat(old.message()).contains("qemu is 10.2", "11.0 or later", "accel");
    assertThat(older.message()).contains("10.1 or later", "vfio-user-pci");
  }

  @ParameterizedTest
  @CsvSource({"52, 48", "48, 48", "44, 44"})
  void the_output_address_size_is_the_most_of_qemus_that_the_host_has(int host, int shown) {
    assertThat(smmu(showing(host, OptionSetting.AUTO), NEWEST)).contains(",oas=" + shown + ",");
    assertThat(QemuCommandLine.acceleratedNotes(showing(host, OptionSetting.AUTO), NEWEST))
        .hasSize(host == shown ? 0 : 1)
        .allMatch(note -> note.contains(shown + " bits") && note.contains("host's " + host));
  }

  @ParameterizedTest
  @ValueSource(ints = {42, 40, 36, 32})
  void a_host_with_fewer_address_bits_than_qemus_smmu_shows_is_refused(int host) {
    Problem refusal =
        BuildResults.reason(QemuCommandLine.accelerated(showing(host, OptionSetting.AUTO), NEWEST));

    assertThat(refusal.field()).endsWith(".oas");
    assertThat(refusal.given()).isEqualTo(Integer.toString(host));
    assertThat(refusal.required()).contains("at least 44");
  }

  @Test
  void the_page_of_the_command_line_tells_the_releases() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/cli.md")).stream()
            .filter(line -> line.matches("\\|.*\\| (QEMU|libvirt) \\d+\\.\\d+ \\|"))
            .toList();

    VmmVersion none = new VmmVersion(0, 0);
    for (QemuFeature feature : QemuFeature.values()) {
      String option = lastWord(refusals -> feature.required(none, refusals));
      assertThat(rows)
          .as(feature.name())
          .anyMatch(row -> row.contains(option) && row.endsWith("QEMU " + feature.since() + " |"));
    }
    for (LibvirtFeature feature : LibvirtFeature.values()) {
      String attribute = lastWord(refusals -> feature.required(none, refusals));
      assertThat(rows)
          .as(feature.name())
          .anyMatch(
              row -> row.contains(attribute) && row.endsWith("libvirt " + feature.since() + " |"));
    }
  }

  /** The property that the refusal of a release without a feature names at its end. */
  private static String lastWord(Consumer<Refusals> refusing) {
    Refusals refusals = new Refusals();
    refusing.accept(refusals);
    return BuildResults.reason(refusals.orBuild(() -> "")).required().replaceAll(".*[ ,]", "");
  }

  @Test
  void every_feature_is_that_of_a_release() {
    assertThat(VmmVersion.parse("11.1.3")).contains(NEWEST);
    assertThat(VmmVersion.parse("11.0")).contains(QemuFeature.USUAL);
    assertThat(List.of("", "11", "11.x", "-1.0", "11.0.0.0", "1111.0"))
        .allMatch(text -> VmmVersion.parse(text).isEmpty());
    for (QemuFeature feature : QemuFeature.values()) {
      assertThat(feature.in(feature.since())).isTrue();
      assertThat(feature.since()).isLessThanOrEqualTo(NEWEST);
    }
  }

  @Test
  void an_accelerated_smmu_is_in_front_of_a_root_bus_of_its_own() {
    assertThat(
            BuildResults.made(QemuCommandLine.accelerated(VmLayouts.of(VmLayouts.FIRST), NEWEST)))
        .containsExactly(
            "-machine",
            "virt,acpi=on,gic-version=3,accel=kvm,kernel-irqchip=on",
            "-object",
            "iommufd,id=iommufd0",
            "-device",
            "pxb-pcie,id=vsmmu-vm1.bus,bus=pcie.0,bus_nr=8",
            "-device",
            "arm-smmuv3,id=vsmmu-vm1,primary-bus=vsmmu-vm1.bus,accel=on,cmdqv=off",
            "-device",
            "pcie-root-port,id=vsmmu-vm1.port0,bus=vsmmu-vm1.bus,addr=0.0,chassis=1",
            "-device",
            "vfio-pci,host=0000:02:00.0,bus=vsmmu-vm1.port0,iommufd=iommufd0",
            "-device",
            "pcie-root-port,id=vsmmu-vm1.port1,bus=vsmmu-vm1.bus,addr=1.0,chassis=2",
            "-device",
            "vfio-pci,host=0000:01:00.0,bus=vsmmu-vm1.port1,iommufd=iommufd0");
  }

  @Test
  void properties_that_are_chosen_are_options() {
    List<String> arguments =
        BuildResults.made(
            QemuCommandLine.accelerated(VmLayouts.of(VmLayouts.FIRST, VmLayouts.SECOND), NEWEST));

    assertThat(arguments)
        .contains(
            "arm-smmuv3,id=vsmmu-1b.x,primary-bus=vsmmu-1b.x.bus,accel=on,ats=on,ril=off,oas=48"
                + ",ssidsize=16",
            "pcie-root-port,id=vsmmu-1b.x.port31,bus=vsmmu-1b.x.bus,addr=1f.0,chassis=3",
            "vfio-pci,host=0001:0a:1f.7,bus=vsmmu-1b.x.port31,iommufd=iommufd0,ats=on"
                + ",x-vpasid-cap-offset=0xff8")
        .containsOnlyOnce("iommufd,id=iommufd0");
  }

  @Test
  void ours_are_functions_on_the_first_bus_and_memory_is_shared() {
    VmLayout layout =
        new VmLayout(VmLayout.GicVersion.GICV2M, 2048, List.of(VmLayouts.FIRST, VmLayouts.SECOND));

    assertThat(BuildResults.made(QemuCommandLine.vfioUser(layout, NEWEST)))
        .containsExactly(
            "-machine",
            "virt,acpi=on,gic-version=2,memory-backend=ram",
            "-m",
            "2048M",
            "-object",
            "memory-backend-memfd,id=ram,size=2048M,share=on",
            "-device",
            "{\"driver\":\"vfio-user-pci\",\"id\":\"vsmmu-vm1\",\"socket\":{\"type\":\"unix\","
                + "\"path\":\"/run/vsmmu/vm1.sock\"},\"bus\":\"pcie.0\",\"addr\":\"1f.0\"}",
            "-device",
            "{\"driver\":\"vfio-user-pci\",\"id\":\"vsmmu-1b.x\",\"socket\":{\"type\":\"unix\","
                + "\"path\":\"/run/vsmmu/1b.x.sock\"},\"bus\":\"pcie.0\",\"addr\":\"1e.0\"}");
  }

  @Test
  void devices_that_qemu_binds_itself_are_options_of_run_and_their_ports_are_qemus() {
    assertThat(BuildResults.made(QemuCommandLine.run("vm", VmLayouts.of(VmLayouts.FIRST), NEWEST)))
        .containsExactly(
            "./vsmmu",
            "run",
            "vm",
            "--device",
            "0000:02:00.0=0x900@vm1,bus=vsmmu-vm1.port0",
            "--device",
            "0000:01:00.0=0xa00@vm1,bus=vsmmu-vm1.port1",
            "--",
            "qemu-system-aarch64",
            "-machine",
            "virt,acpi=on,gic-version=3,memory-backend=ram",
            "-m",
            "1024M",
            "-object",
            "memory-backend-memfd,id=ram,size=1024M,share=on",
            "-device",
            "pxb-pcie,id=vsmmu-vm1.bus,bus=pcie.0,bus_nr=8",
            "-device",
            "pcie-root-port,id=vsmmu-vm1.port0,bus=vsmmu-vm1.bus,addr=0.0,chassis=1",
            "-device",
            "pcie-root-port,id=vsmmu-vm1.port1,bus=vsmmu-vm1.bus,addr=1.0,chassis=2");
    assertThat(
            BuildResults.reason(
                    QemuCommandLine.run("vm", VmLayouts.of(VmLayouts.FIRST), new VmmVersion(10, 0)))
                .message())
        .contains("10.1 or later", "vfio-user-pci");
  }

  @Test
  void a_path_stays_what_it_is_in_json() {
    VmLayout layout = VmLayouts.of(VmLayouts.named("a", "/a \"b\"\\c"));

    assertThat(BuildResults.made(QemuCommandLine.vfioUser(layout, NEWEST)).getLast())
        .contains("\"path\":\"/a \\\"b\\\"\\\\c\"");
  }

  @Test
  void a_shell_reads_back_the_arguments() throws IOException, InterruptedException {
    List<String> arguments = List.of("-x", "a'b \"$HOME\" \\", "", "{\"k\":1}", "*", "plain,id=a");
    Process shell =
        new ProcessBuilder("/bin/sh", "-c", "printf '%s\\n' " + QemuCommandLine.forShell(arguments))
            .start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(shell.waitFor()).isZero();
    assertThat(output.lines().toList()).isEqualTo(arguments);
  }

  @Test
  void streams_follow_from_bus_and_slot() {
    assertThat(
            BuildResults.made(ExpectedStream.of(VmLayouts.of(VmLayouts.FIRST, VmLayouts.SECOND))))
        .containsExactly(
            new ExpectedStream("vm1", "0000:02:00.0", 0x900),
            new ExpectedStream("vm1", "0000:01:00.0", 0xA00),
            new ExpectedStream("1b.x", "0001:0a:1f.7", 0x2100));
  }
}
