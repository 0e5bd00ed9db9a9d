package io.vsmmu.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.testing.StubService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** VMs, layouts, tables and comparisons at the command line. */
class VmCommandsTest {

  private static final String LAYOUT =
      """
      {"vm":"v","vsmmus":[{"name":"v-0","physicalSmmu":"smmu3.0","bus":8,"devices":[
      {"hostDevice":"0000:01:00.0","sid":"0x900","ats":"on","group":1,"slot":0}]}],
      "vsmmu":{"qemu":"-machine virt","libvirt":null,"problems":["libvirt: no"],"notes":[]},
      "accelerated":{"qemu":"-device arm-smmuv3","libvirt":"<domain/>","problems":[]},
      "notes":["a note"]}\
      """;

  @TempDir Path folder;
  @AutoClose private final StubService service = new StubService();

  @Test
  void vms_are_listed_with_their_vsmmus() {
    service.on(
        "GET /api/v1/vms",
        200,
        """
        {"items":[{"name":"v","vsmmus":[{"name":"a"},{"name":"b"}],"physicalSmmus":["s0"],
        "createdAt":"2026-01-31T12:00:00Z"}],"next":null}\
        """);

    Invocation run = Invocation.at(service, "vms", "list");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("v", "a b", "s0");
  }

  @Test
  void a_vm_is_created_with_the_machine_of_a_file() throws IOException {
    service.on("POST /api/v1/vms", 201, "{\"name\":\"v\"}");
    Path machine = Files.writeString(folder.resolve("machine.json"), "{\"msi\":\"gicv2m\"}");

    Invocation run = Invocation.at(service, "vms", "create", "v", "--machine", machine.toString());

    assertThat(run.code()).isZero();
    assertThat(service.asked().getFirst().body())
        .isEqualTo("{\"name\":\"v\",\"machine\":{\"msi\":\"gicv2m\"}}");
  }

  @Test
  void a_machine_that_is_no_json_is_a_wrong_argument() throws IOException {
    Path machine = Files.writeString(folder.resolve("machine.json"), "{");

    Invocation run = Invocation.at(service, "vms", "create", "v", "--machine", machine.toString());

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(service.asked()).isEmpty();
  }

  @Test
  void the_option_rom_of_a_vsmmu_goes_into_a_file() throws IOException {
    service.on("GET /api/v1/vsmmus/a/rom", 200, "a ROM");
    Path file = folder.resolve("a.rom");

    Invocation run = Invocation.at(service, "rom", "a", file.toString());

    assertThat(run.code()).isZero();
    assertThat(Files.readString(file)).isEqualTo("a ROM");
  }

  @Test
  void a_vsmmu_is_created_in_a_vm() {
    service.on("POST /api/v1/vsmmus", 201, "{\"name\":\"a\"}");

    Invocation.at(service, "create", "a", "--vm", "v");

    assertThat(service.asked().getFirst().body()).isEqualTo("{\"name\":\"a\",\"vm\":\"v\"}");
  }

  @Test
  void a_table_goes_into_a_file() throws IOException {
    service.on("GET /api/v1/vms/v/acpi/iort", 200, "IORT...");
    Path file = folder.resolve("iort.aml");

    Invocation run = Invocation.at(service, "vms", "iort", "v", file.toString());

    assertThat(run.code()).isZero();
    assertThat(Files.readString(file)).isEqualTo("IORT...");
    assertThat(run.out()).contains("7 bytes");
  }

  @Test
  void a_layout_is_a_table_with_its_notes() {
    service.on("POST /api/v1/hosts/local:place", 200, LAYOUT);

    Invocation run = Invocation.at(service, "layout", "0000:01:00.0", "--vm", "v");

    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("v-0", "smmu3.0", "0x900", "a note");
    assertThat(service.asked().getFirst().body())
        .isEqualTo("{\"devices\":[\"0000:01:00.0\"],\"vm\":\"v\"}");
  }

  @Test
  void a_layout_is_a_command_line_or_a_domain() {
    service.on("POST /api/v1/hosts/local:place", 200, LAYOUT);

    assertThat(Invocation.at(service, "layout", "x", "--format", "qemu").out().strip())
        .isEqualTo("-machine virt");
    Invocation domain =
        Invocation.at(service, "layout", "x", "--format", "libvirt", "--accelerated");
    assertThat(domain.out().strip()).isEqualTo("<domain/>");
    Invocation none = Invocation.at(service, "layout", "x", "--format", "libvirt");
    assertThat(none.code()).isEqualTo(ExitCode.NO.value());
    assertThat(none.out()).isEqualTo("no\n");
  }

  @Test
  void a_layout_is_a_command_of_run_and_what_is_said_of_a_text_comes_with_that_one_alone() {
    service.on(
        "POST /api/v1/hosts/local:place",
        200,
        """
        {"vsmmu":{"qemu":"-machine virt","run":"./vsmmu run v -- q","libvirt":"<domain/>",
        "problems":[],"notes":["libvirt: start it paused","of all"]},"accelerated":{"run":null}}\
        """);

    Invocation run = Invocation.at(service, "layout", "x", "--format", "run", "--fdgroup", "g");
    Invocation domain = Invocation.at(service, "layout", "x", "--format", "libvirt");
    Invocation wrong = Invocation.at(service, "layout", "x", "--format", "run", "--accelerated");

    assertThat(run.out()).isEqualTo("./vsmmu run v -- q\n");
    assertThat(run.err()).isEqualTo("of all\n");
    assertThat(domain.err()).isEqualTo("start it paused\nof all\n");
    assertThat(service.asked().getFirst().body())
        .isEqualTo("{\"devices\":[\"x\"],\"fdGroup\":\"g\"}");
    assertThat(wrong.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(wrong.err()).contains("--format is run", "Leave --accelerated out");
  }

  @Test
  void a_release_that_is_too_old_is_a_wrong_argument_told_once() {
    service.on(
        "POST /api/v1/hosts/local:place",
        200,
        """
        {"accelerated":{"qemu":null,"libvirt":null,"problems":["qemu: qemu is 10.2, but must be 11.0",
        "libvirt: qemu is 10.2, but must be 11.0"]}}\
        """);

    Invocation run =
        Invocation.at(
            service, "layout x --accelerated --format qemu --qemu-version 10.2".split(" "));

    assertThat(run.code()).isEqualTo(ExitCode.USAGE.value());
    assertThat(run.err()).isEqualTo("qemu is 10.2, but must be 11.0\n");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void what_keeps_a_vsmmu_from_a_host_is_a_no() {
    service.on(
        "POST /api/v1/vsmmus/a:check-host",
        200,
        """
        {"fits":false,"differences":[{"field":"IDR5.OAS","needed":"48 bits","found":"44 bits",
        "remedy":"set oas"}]}\
        """);
    service.on("POST /api/v1/vsmmus/b:check-host", 200, "{\"fits\":true,\"differences\":[]}");

    Invocation no = Invocation.at(service, "check-host", "a", "--device", "x=y");
    Invocation yes = Invocation.at(service, "check-host", "b");

    assertThat(no.code()).isEqualTo(ExitCode.NO.value());
    assertThat(no.out()).contains("IDR5.OAS", "48 bits", "44 bits", "set oas");
    assertThat(service.asked().getFirst().body()).isEqualTo("{\"devices\":{\"x\":\"y\"}}");
    assertThat(yes.code()).isZero();
  }

  @Test
  void the_platform_is_asked_for_with_its_options() {
    service.on("GET /api/v1/vsmmus/a/platform?msi=gicv2m&pasidOffset=0x200", 200, "{\"notes\":[]}");

    Invocation run =
        Invocation.at(service, "platform", "a", "--msi", "gicv2m", "--pasid-offset", "0x200");

    assertThat(run.code()).isZero();
  }
}
