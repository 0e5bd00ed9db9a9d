package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.control.host.HostConnection;
import io.vsmmu.control.host.HostSocket;
import io.vsmmu.control.host.LocalHost;
import io.vsmmu.control.host.VmmMessage;
import io.vsmmu.control.host.VmmProblems;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.testing.StubKernel;
import io.vsmmu.testing.StubService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What {@code run} refuses, before QEMU is started, with nothing left half-made. */
@Tag("slow")
@Timeout(60)
class RunRefusedTest {

  private static final String A = StubKernel.DEVICE;
  private static final String B = StubKernel.OTHER;

  @TempDir Path folder;
  private StubKernel kernel;
  private StubService service;
  private HostSocket socket;
  private RunLine line;
  private final List<VmmMessage> handedOver = new CopyOnWriteArrayList<>();
  private boolean refuses;

  @BeforeEach
  void begin() throws Exception {
    kernel = new StubKernel(folder.resolve("root"));
    service = new StubService();
    Path sockets = Files.createDirectory(folder.resolve("vsmmu"));
    for (String name : List.of("vm1", "two-0", "two-1")) {
      service.on(
          "GET /api/v1/vsmmus/" + name,
          200,
          "{\"name\":\"%s\",\"vm\":%s,\"socket\":\"%s\"}"
              .formatted(
                  name,
                  name.startsWith("two") ? "\"two\"" : "null",
                  Files.createFile(sockets.resolve(name + ".sock"))));
    }
    service.on(
        "GET /api/v1/vms/two",
        200,
        "{\"name\":\"two\",\"vsmmus\":[{\"name\":\"two-0\"},{\"name\":\"two-1\"}]}");
    service.on("GET /api/v1/vms/empty", 200, "{\"name\":\"empty\",\"vsmmus\":[]}");
    service.on("GET /api/v1/vsmmus/rec", 200, "{\"name\":\"rec\",\"socket\":null}");
    service.on(
        "GET /api/v1/vsmmus/gone",
        200,
        "{\"name\":\"gone\",\"socket\":\"%s\"}".formatted(sockets.resolve("gone.sock")));
    service.on("DELETE /api/v1/hosts/local/vmms/vm1", 204, "");
    socket =
        HostSocket.open(
            LocalHost.of(new IommufdHost(kernel.paths(), kernel)),
            this::take,
            folder.resolve("host.sock"),
            Set.of());
    line = new RunLine(kernel, folder);
  }

  @AfterEach
  void end() {
    socket.close();
    service.close();
  }

  private ObjectNode take(VmmMessage message, List<Fd> descriptors, int peer) {
    descriptors.forEach(Fd::close);
    handedOver.add(message);
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    if (refuses) {
      answer.set("problem", HostConnection.json(VmmProblems.notADevice("devices[0].vfio")));
    }
    return answer;
  }

  private RunLine.Ended run(String vm, String devices, Path qemu, String... arguments) {
    List<String> all = new ArrayList<>(List.of(vm));
    Arrays.stream(devices.split(" "))
        .filter(text -> !text.isEmpty())
        .forEach(device -> all.addAll(List.of("--device", device)));
    all.add("--");
    all.add(String.valueOf(qemu));
    all.addAll(List.of(arguments));
    return line.run(service.url(), all);
  }

  private void nothingIsLeft() {
    assertThat(handedOver).isEmpty();
    assertThat(line.became()).isEmpty();
    assertThat(line.started()).allMatch("-device help"::equals);
  }

  /** Field, value, and what to do about it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          nope  | 0000:01:00.0=0x10                             | 4 | /vsmmus/nope | nope
          empty | 0000:01:00.0=0x10                             | 2 | VM empty: has no vSMMU | ./vsmmu create
          rec   | 0000:01:00.0=0x10                             | 2 | vSMMU rec: has no socket | live one
          gone  | 0000:01:00.0=0x10                             | 3 | gone.sock | on its machine
          two-0 | 0000:01:00.0=0x10                             | 2 | vSMMU two-0: is one of VM two | ./vsmmu run two
          vm1   | 0000:03:00.0=0x10                             | 5 | 0000:03:00.0: driver e1000e | driverctl set-override 0000:03:00.0 vfio-pci
          vm1   | 0000:7f:00.0=0x10                             | 5 | 0000:7f:00.0: not in | lspci -D
          vm1   | 0000:01:00.0=0x10 0000:03:00.0=0x18           | 5 | 0000:03:00.0: driver e1000e | driverctl
          vm1   | 0000:01:00.0=0x10 0000:01:00.0=0x18           | 2 | a --device is 0000:01:00.0=0x18 | another device than 0000:01:00.0=0x10
          vm1   | 0000:01:00.0=0x10 0000:02:00.0=16             | 2 | a --device is 0000:02:00.0=0x10 | StreamID
          vm1   | 0000:01:00.0=0x10 0000:02:00.0=0x18,addr=2    | 2 | 0000:02:00.0=0x18,addr=2 | another PCI address
          vm1   | 0000:01:00.0=0x100,bus=p1 0000:02:00.0=0x100@vm1,bus=p2 | 2 | 0000:02:00.0=0x100@vm1,bus=p2 | another StreamID
          two   | 0000:01:00.0=0x10@two-0 0000:02:00.0=0x10@two-1 | 2 | 0000:02:00.0=0x10@two-1 | another PCI address
          vm1   | 0000:01:00.0=0xf8                             | 2 | --device 0000:01:00.0=0xf8 is at the PCI address of a vSMMU | below 0xf8
          vm1   | 0000:01:00.0=0x11                             | 2 | --device 0000:01:00.0=0x11 is function 1 of slot 2 on pcie.0, which has no function 0 | take StreamID 0x10
          vm1   | 0000:01:00.0=0x11 0000:02:00.0=0x18           | 2 | --device 0000:01:00.0=0x11 is function 1 of slot 2 on pcie.0, which has no function 0 | take StreamID 0x10
          vm1   | 0000:01:00.0=0x903,bus=p1 0000:02:00.0=0x10   | 2 | --device 0000:01:00.0=0x903,bus=p1 is function 3 of slot 0 on p1 | take StreamID 0x900
          vm1   | 0000:01:00.0=0x10,addr=2.1                    | 2 | --device 0000:01:00.0=0x10,addr=2.1 is function 1 of slot 2 | name addr=2.0
          vm1   | 0000:01:00.0=0x900                            | 2 | --device 0000:01:00.0=0x900 is on bus 9 | 0000:01:00.0=0x900,bus=ID
          vm1   | 0000:01:00.0=0x10@vm2                         | 2 | behind vSMMU vm2 | 0000:01:00.0=0x10@vm1
          two   | 0000:01:00.0=0x10                             | 2 | behind no vSMMU | 0000:01:00.0=0x10@two-0
          vm1   | 0000:01:00.0                                  | 2 | '0000:01:00.0' is no ADDRESS=SID | 0000:01:00.0=0x10
          """)
  void what_cannot_work_is_one_problem_with_field_value_and_remedy(
      String vm, String devices, int code, String found, String remedy) {
    RunLine.Ended ended = run(vm, devices, line.program(RunLine.QEMU), "-m", "1G");

    assertThat(ended.err()).contains(found, remedy);
    assertThat(ended.code()).isEqualTo(code);
    assertThat(ended.out()).isEmpty();
    nothingIsLeft();
  }

  @Test
  void more_than_64_devices_are_refused() {
    List<String> all = new ArrayList<>(List.of("vm1"));
    IntStream.range(0, 65)
        .mapToObj("0000:20:00.0=0x%x"::formatted)
        .forEach(device -> all.addAll(List.of("--device", device)));
    all.addAll(List.of("--", line.program(RunLine.QEMU).toString()));

    RunLine.Ended ended = line.run(service.url(), all);

    assertThat(ended.err())
        .contains("--device is given 65 times", "64 times at most", "another VM");
    assertThat(ended.code()).isEqualTo(2);
    nothingIsLeft();
  }

  @Test
  void a_qemu_without_vfio_user_is_refused() {
    RunLine.Ended ended =
        run("vm1", A + "=0x10", line.program("echo 'name \"vfio-pci\", bus PCI'"));

    assertThat(ended.err()).contains("has no vfio-user-pci", "10.1");
    assertThat(ended.code()).isEqualTo(5);
    assertThat(line.started()).containsExactly("-device help");
    nothingIsLeft();
  }

  @Test
  void a_qemu_that_ends_when_it_is_asked_is_refused_with_what_it_said() {
    RunLine.Ended ended =
        run("vm1", A + "=0x10", line.program("echo 'libfdt.so.1: not found' >&2", "exit 127"));

    assertThat(ended.err()).contains("status 127", "libfdt.so.1: not found");
    assertThat(ended.code()).isEqualTo(5);
    nothingIsLeft();
  }

  @Test
  void a_qemu_that_does_not_exist_is_refused() {
    RunLine.Ended ended = run("vm1", A + "=0x10", folder.resolve("no-qemu"));

    assertThat(ended.err()).contains("no-qemu cannot be started", "Name an installed QEMU");
    assertThat(ended.code()).isEqualTo(5);
    nothingIsLeft();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vfio-pci,fd=9,iommufd=i0",
        "{\"driver\":\"vfio-pci\",\"fd\":\"9\",\"iommufd\":\"i0\"}"
      })
  void a_device_of_the_callers_that_would_crash_qemu_is_refused(String argument) {
    RunLine.Ended ended = run("vm1", A + "=0x10", line.program(RunLine.QEMU), "-device", argument);

    assertThat(ended.err())
        .contains("-device " + argument + " is without id=", "SIGSEGV", "add id=NAME");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(line.started()).isEmpty();
    nothingIsLeft();
  }

  @Test
  void a_service_without_its_socket_for_descriptors_is_refused_before_a_device_is_opened()
      throws Exception {
    socket.close();
    kernel.remove("dev/iommu");

    RunLine.Ended ended = run("vm1", A + "=0x10", line.program(RunLine.QEMU));

    assertThat(ended.err()).contains(folder.resolve("host.sock").toString(), "on its machine");
    assertThat(ended.code()).isEqualTo(3);
    nothingIsLeft();
  }

  @Test
  void a_host_without_iommufd_is_refused() throws Exception {
    kernel.remove("dev/iommu");

    RunLine.Ended ended = run("vm1", A + "=0x10", line.program(RunLine.QEMU));

    assertThat(ended.err()).contains("dev/iommu: ENOENT", "modprobe iommufd");
    assertThat(ended.code()).isEqualTo(5);
    nothingIsLeft();
  }

  @Test
  void a_device_file_that_may_not_be_opened_is_refused() {
    kernel.forbid("vfio1");

    RunLine.Ended ended = run("vm1", A + "=0x10 " + B + "=0x18", line.program(RunLine.QEMU));

    assertThat(ended.err()).contains(B, "EACCES", "MODE=");
    assertThat(ended.code()).isEqualTo(5);
    nothingIsLeft();
  }

  @Test
  void what_the_service_refuses_is_told_and_qemu_is_not_started() {
    refuses = true;

    RunLine.Ended ended = run("vm1", A + "=0x10", line.program(RunLine.QEMU));

    assertThat(ended.err()).contains("devices[0].vfio: no vfio device file", "/dev/vfio/devices/");
    assertThat(ended.code()).isEqualTo(4);
    assertThat(line.became()).isEmpty();
  }

  @Test
  void a_qemu_that_cannot_be_become_gets_its_devices_taken_back_from_the_service() {
    RunLine.Ended ended =
        run("vm1", A + "=0x10", line.cannotStart(Errno.EACCES.number()).program(RunLine.QEMU));

    assertThat(ended.err()).contains("cannot be started", "EACCES");
    assertThat(ended.code()).isEqualTo(5);
    assertThat(service.asked().getLast().line()).isEqualTo("DELETE /api/v1/hosts/local/vmms/vm1");
  }

  @Test
  void a_qemu_without_devices_gets_the_vsmmus_alone() {
    run("two", "", line.program(RunLine.QEMU), "-m", "1G");

    assertThat(line.became()).hasSize(7).contains("-m", "1G").doesNotContain("-object");
    assertThat(line.inherited()).isEmpty();
    assertThat(handedOver).isEmpty();
  }
}
