package io.vsmmu.platform.vmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.platform.Outcomes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Options as {@code qemu-system-aarch64 -device NAME,help} of QEMU 11.1.3 lists them. */
class QemuCommandLineTest {

  @Test
  void an_accelerated_smmu_is_in_front_of_a_root_bus_of_its_own() {
    assertThat(Outcomes.made(QemuCommandLine.accelerated(VmLayouts.of(VmLayouts.FIRST))))
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
        Outcomes.made(QemuCommandLine.accelerated(VmLayouts.of(VmLayouts.FIRST, VmLayouts.SECOND)));

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
        new VmLayout(VmLayout.Interrupts.GICV2M, 2048, List.of(VmLayouts.FIRST, VmLayouts.SECOND));

    assertThat(Outcomes.made(QemuCommandLine.vfioUser(layout)))
        .containsExactly(
            "-machine",
            "virt,acpi=on,gic-version=2,memory-backend=ram",
            "-m",
            "2048M",
            "-object",
            "memory-backend-memfd,id=ram,size=2048M,share=on",
            "-device",
            "{\"driver\":\"vfio-user-pci\",\"id\":\"vsmmu-vm1\",\"socket\":{\"type\":\"unix\","
                + "\"path\":\"/run/vsmmu/vm1.sock\"},\"addr\":\"1f.0\"}",
            "-device",
            "{\"driver\":\"vfio-user-pci\",\"id\":\"vsmmu-1b.x\",\"socket\":{\"type\":\"unix\","
                + "\"path\":\"/run/vsmmu/1b.x.sock\"},\"addr\":\"1e.0\"}");
  }

  @Test
  void a_path_stays_what_it_is_in_json() {
    VmLayout layout = VmLayouts.of(VmLayouts.named("a", "/a \"b\"\\c"));

    assertThat(Outcomes.made(QemuCommandLine.vfioUser(layout)).getLast())
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
    assertThat(Outcomes.made(ExpectedStream.of(VmLayouts.of(VmLayouts.FIRST, VmLayouts.SECOND))))
        .containsExactly(
            new ExpectedStream("vm1", "0000:02:00.0", 0x900),
            new ExpectedStream("vm1", "0000:01:00.0", 0xA00),
            new ExpectedStream("1b.x", "0001:0a:1f.7", 0x2100));
  }
}
