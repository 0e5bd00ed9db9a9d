package io.vsmmu.acceptance.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vsmmu.cli.VsmmuMain;
import io.vsmmu.host.uapi.Ioctl;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.UnixStream;
import io.vsmmu.testing.StubKernel;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code run} and its service, with the descriptors that it hands over. */
@Import(StubbedKernel.class)
class RunTest extends RestTest {

  private static final int DEVICES = 64;

  @TempDir Path folder;
  private RunLine line;
  private String vm;

  @BeforeEach
  void begin() {
    // No VMM binds a device here.
    StubbedKernel.KERNEL.refuse(Ioctl.VFIO_DEVICE_GET_INFO, Errno.EINVAL);
    line = new RunLine(StubbedKernel.KERNEL, folder);
    vm = created("run");
  }

  @AfterEach
  void end() {
    send(request("/hosts/local/vmms/" + vm).DELETE());
    StubbedKernel.KERNEL.allow(Ioctl.VFIO_DEVICE_GET_INFO);
    StubbedKernel.KERNEL.allow(Ioctl.IOMMU_IOAS_IOVA_RANGES);
  }

  private RunLine.Ended run(List<String> devices) {
    List<String> arguments = new ArrayList<>(List.of(vm));
    for (int i = 0; i < devices.size(); i++) {
      // 16 slots with 4 functions each.
      int sid = (i / 4 + 2) << 3 | i % 4;
      arguments.addAll(List.of("--device", "%s=0x%x".formatted(devices.get(i), sid)));
    }
    arguments.addAll(List.of("--", line.program(RunLine.QEMU).toString(), "-m", "1G"));
    return line.run(URI.create("http://127.0.0.1:" + port), arguments);
  }

  private JsonNode devicesOfTheVm() {
    for (JsonNode vmm : get("/hosts/local/vmms").expect(200).json().path("items")) {
      if (vmm.path("vm").asString().equals(vm)) {
        return vmm.path("devices");
      }
    }
    return JsonMapper.shared().createArrayNode();
  }

  @Test
  void a_vm_has_up_to_64_devices_each_with_a_file_of_its_own() {
    List<String> devices = StubbedKernel.MORE.subList(0, DEVICES);

    RunLine.Ended ended = run(devices);

    assertThat(line.became()).as(ended.err()).isNotEmpty();
    JsonNode known = devicesOfTheVm();
    assertThat(known.valueStream().map(it -> it.path("hostDevice").asString()))
        .containsExactlyInAnyOrderElementsOf(devices);
    assertThat(known.valueStream().map(it -> it.path("state").asString())).containsOnly("WAITING");
    assertThat(line.inherited()).hasSize(DEVICES + 1).doesNotHaveDuplicates();
    for (int i = 0; i < DEVICES; i++) {
      assertThat(line.argument("vfio-pci,id=vsmmu-device%d,".formatted(i)).orElseThrow())
          .contains(",fd=%d,".formatted(line.inherited().get(i + 1)))
          .contains(",addr=%x.%d".formatted(i / 4 + 2, i % 4));
    }
    assertThat(line.argument("iommufd,").orElseThrow())
        .endsWith(",fd=" + line.inherited().getFirst());
  }

  /** The command line as a process of its own, which really becomes the program. */
  @Test
  void run_becomes_qemu_with_its_process_id_its_output_and_its_exit_code() throws Exception {
    Path qemu = line.program(RunLine.QEMU, "echo pid $$; echo \"$@\"", "exit 7");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                VsmmuMain.class.getName(),
                "run",
                "--url",
                "http://127.0.0.1:" + port,
                "--token-file",
                TestToken.FILE.toString(),
                vm,
                "--",
                qemu.toString(),
                "-m",
                "1G")
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(output).isEqualTo(7);
    assertThat(output)
        .contains("pid " + process.pid() + "\n", "-m 1G -device {\"driver\":\"vfio-user-pci\"", vm);
    assertThat(line.started()).hasSize(2).contains("-device help");
  }

  @Test
  void a_second_vmm_of_the_vm_is_refused_and_the_first_keeps_its_devices() {
    run(StubbedKernel.MORE.subList(0, 2));

    RunLine.Ended second =
        new RunLine(StubbedKernel.KERNEL, folder)
            .run(
                URI.create("http://127.0.0.1:" + port),
                List.of(
                    vm,
                    "--device",
                    StubbedKernel.MORE.get(5) + "=0x80",
                    "--",
                    line.program(RunLine.QEMU).toString()));

    assertThat(second.err()).contains("vm: " + vm + " has a VMM already", "end the VMM");
    assertThat(second.code()).isEqualTo(4);
    assertThat(devicesOfTheVm()).hasSize(2);
  }

  @Test
  void a_device_that_another_vsmmu_has_is_refused() {
    String other = created("other");
    StubbedKernel.KERNEL.allow(Ioctl.VFIO_DEVICE_GET_INFO);
    post(
            "/vsmmus/" + other + "/devices",
            "{\"hostDevice\":\"%s\",\"sid\":\"0x10\"}".formatted(StubbedKernel.MORE.get(7)))
        .expect(201);

    RunLine.Ended ended = run(List.of(StubbedKernel.MORE.get(7)));

    delete("/vsmmus/" + other + "/devices/0x10").expect(204);
    assertThat(ended.err()).contains(StubbedKernel.MORE.get(7) + ": behind vSMMU " + other);
    assertThat(ended.code()).isEqualTo(4);
    assertThat(line.became()).isEmpty();
    assertThat(devicesOfTheVm()).isEmpty();
  }

  @Test
  void an_iommufd_that_is_something_else_is_refused_and_nothing_of_it_is_kept() {
    StubbedKernel.KERNEL.refuse(Ioctl.IOMMU_IOAS_IOVA_RANGES, Errno.ENOTTY);

    RunLine.Ended ended = run(StubbedKernel.MORE.subList(0, 3));

    assertThat(ended.err())
        .contains("iommufd: the descriptor is no iommufd", "-object iommufd,fd=");
    assertThat(line.became()).isEmpty();
    assertThat(devicesOfTheVm()).isEmpty();
    StubbedKernel.KERNEL.allow(Ioctl.IOMMU_IOAS_IOVA_RANGES);
    assertThat(run(StubbedKernel.MORE.subList(0, 3)).err()).contains("became QEMU");
  }

  // --- More devices for a VMM that is known.

  private JsonNode hand(String json, String... addresses) throws Exception {
    List<Fd> files = new ArrayList<>();
    for (String address : addresses) {
      int index = StubbedKernel.MORE.indexOf(address);
      Path file =
          index < 0
              ? StubbedKernel.KERNEL.paths().iommu()
              : StubbedKernel.KERNEL.paths().vfioDevices().resolve("vfio" + (100 + index));
      files.add(StubbedKernel.KERNEL.open(file).value());
    }
    Path socket =
        Path.of(get("/vsmmus/" + vm).json().path("socket").asString())
            .resolveSibling("../host.sock")
            .normalize();
    try (UnixStream stream = UnixStream.connect(socket)) {
      stream.receiveTimeout(Duration.ofSeconds(20));
      byte[] text = (json + "\n").getBytes(StandardCharsets.UTF_8);
      stream.send(ByteBuffer.allocateDirect(text.length).put(text).flip(), files);
      ByteBuffer answer = ByteBuffer.allocateDirect(1 << 16);
      while (stream.receive(answer) > 0 && answer.get(answer.position() - 1) != '\n') {
        // Until the end of the line.
      }
      return JsonMapper.shared().readTree(StandardCharsets.UTF_8.decode(answer.flip()).toString());
    } finally {
      files.forEach(Fd::close);
    }
  }

  @Test
  void more_devices_come_to_the_vmm_that_is_known_all_of_a_message_or_none() throws Exception {
    run(StubbedKernel.MORE.subList(0, 2));
    String two = twoDevices(0x80, 0x88);
    String others = twoDevices(0x90, 0x98);

    assertThat(hand(two, StubbedKernel.MORE.get(2), StubbedKernel.MORE.get(3)).path("devices"))
        .hasSize(4);
    JsonNode taken = hand(two, StubbedKernel.MORE.get(4), StubbedKernel.MORE.get(5));
    assertThat(taken.at("/problem/subject").asString()).isEqualTo("devices[0].sid");
    JsonNode twice =
        hand(twoDevices(0x90, 0x90), StubbedKernel.MORE.get(4), StubbedKernel.MORE.get(5));
    assertThat(twice.at("/problem/subject").asString()).isEqualTo("devices[1].sid");
    JsonNode again = hand(others, StubbedKernel.MORE.get(4), StubbedKernel.MORE.get(3));
    assertThat(again.at("/problem/kind").asString()).isEqualTo("BUSY");
    assertThat(devicesOfTheVm()).as("neither of the message's").hasSize(4);
    assertThat(hand(others, StubbedKernel.MORE.get(4), StubbedKernel.MORE.get(5)).path("devices"))
        .hasSize(6);
  }

  private String twoDevices(int first, int second) {
    return "{\"vm\":\"%s\",\"devices\":[{\"vfio\":0,\"sid\":%d},{\"vfio\":1,\"sid\":%d}]}"
        .formatted(vm, first, second);
  }

  @Test
  void the_65th_device_is_refused_with_the_limit() throws Exception {
    run(StubbedKernel.MORE.subList(0, DEVICES));

    JsonNode answer =
        hand(
            "{\"vm\":\"%s\",\"devices\":[{\"vfio\":0,\"sid\":200}]}".formatted(vm),
            StubbedKernel.MORE.get(DEVICES));

    assertThat(answer.at("/problem/subject").asString()).isEqualTo("devices");
    assertThat(answer.at("/problem/found").asString()).contains("64");
    assertThat(answer.at("/problem/remedy").asString()).contains("at most 64 devices");
    assertThat(devicesOfTheVm()).hasSize(DEVICES);
  }

  @Test
  void what_was_said_of_the_vmm_already_cannot_be_said_otherwise() throws Exception {
    run(StubbedKernel.MORE.subList(0, 1));

    JsonNode pid =
        hand(
            "{\"vm\":\"%s\",\"pid\":1,\"devices\":[{\"vfio\":0,\"sid\":200}]}".formatted(vm),
            StubbedKernel.MORE.get(2));
    JsonNode ioas =
        hand(
            "{\"vm\":\"%s\",\"ioas\":1,\"devices\":[{\"vfio\":0,\"sid\":200}]}".formatted(vm),
            StubbedKernel.MORE.get(2));

    assertThat(pid.at("/problem/subject").asString()).isEqualTo("pid");
    assertThat(ioas.at("/problem/subject").asString()).isEqualTo("ioas");
    assertThat(devicesOfTheVm()).hasSize(1);
  }

  @Test
  void a_file_that_is_no_device_is_refused_with_the_others_of_its_message() throws Exception {
    run(StubbedKernel.MORE.subList(0, 1));
    String two =
        "{\"vm\":\"%s\",\"devices\":[{\"vfio\":0,\"sid\":128},{\"vfio\":1,\"sid\":136}]}"
            .formatted(vm);

    JsonNode answer = hand(two, StubbedKernel.MORE.get(2), "iommu");

    assertThat(answer.at("/problem/kind").asString()).isEqualTo("NOT_A_DEVICE");
    assertThat(answer.at("/problem/subject").asString()).isEqualTo("devices[1].vfio");
    assertThat(answer.at("/problem/remedy").asString()).contains("/dev/vfio/devices/");
    assertThat(devicesOfTheVm()).hasSize(1);
  }

  @Test
  void a_descriptor_that_a_process_has_of_another_device_is_refused() throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", "exec 3</dev/null 4</dev/zero; echo; exec cat").start();
    try {
      assertThat(process.getInputStream().read()).isEqualTo('\n');
      String body =
          "{\"vm\":\"%s\",\"pid\":%d,\"iommufd\":0,\"devices\":"
              + "[{\"hostDevice\":\"%s\",\"fd\":%d,\"sid\":\"0x10\"}]}";

      JsonNode problem =
          post("/hosts/local/vmms", body.formatted(vm, process.pid(), StubKernel.OTHER, 3))
              .problem(400, "invalid-field");

      assertThat(problem.path("field").asString()).isEqualTo("devices[0].fd");
      assertThat(problem.path("value").asString()).contains(StubKernel.DEVICE);
      assertThat(problem.path("allowed").asString()).contains(StubKernel.OTHER);
      assertThat(devicesOfTheVm()).isEmpty();
      post("/hosts/local/vmms", body.formatted(vm, process.pid(), StubKernel.OTHER, 4)).expect(201);
    } finally {
      process.destroy();
    }
  }

  @Test
  void by_process_more_devices_come_to_the_vmm_that_is_known_and_to_no_other() throws Exception {
    ProcessBuilder open =
        new ProcessBuilder("sh", "-c", "exec 3</dev/null 4</dev/zero; echo; exec cat");
    Process process = open.start();
    Process other = open.start();
    try {
      assertThat(process.getInputStream().read()).isEqualTo('\n');
      assertThat(other.getInputStream().read()).isEqualTo('\n');
      String body = "{\"vm\":\"%s\",\"pid\":%d%s,\"devices\":[{\"fd\":%d,\"sid\":\"0x%x\"}]}";
      String iommufd = ",\"iommufd\":0";
      post("/hosts/local/vmms", body.formatted(vm, process.pid(), iommufd, 3, 0x10)).expect(201);

      post("/hosts/local/vmms", body.formatted(vm, process.pid(), "", 4, 0x18)).expect(201);

      assertThat(devicesOfTheVm()).hasSize(2);
      post("/hosts/local/vmms", body.formatted(vm, process.pid(), "", 4, 0x18))
          .problem(409, "conflict");
      JsonNode second =
          post("/hosts/local/vmms", body.formatted(vm, other.pid(), iommufd, 4, 0x20))
              .problem(409, "conflict");
      assertThat(second.path("field").asString()).isEqualTo("vm");
      assertThat(devicesOfTheVm()).hasSize(2);
    } finally {
      process.destroy();
      other.destroy();
    }
  }

  @Test
  void by_process_too_a_vmm_has_no_more_than_64_devices() {
    String devices =
        String.join(
            ",",
            IntStream.rangeClosed(0, DEVICES)
                .mapToObj("{\"fd\":%d,\"sid\":\"0x10\"}"::formatted)
                .toList());

    JsonNode problem =
        post(
                "/hosts/local/vmms",
                "{\"vm\":\"%s\",\"pid\":%d,\"iommufd\":0,\"devices\":[%s]}"
                    .formatted(vm, ProcessHandle.current().pid(), devices))
            .problem(409, "conflict");

    assertThat(problem.path("field").asString()).isEqualTo("devices");
    assertThat(problem.path("allowed").asString()).contains("at most 64 devices");
  }
}
