package io.vsmmu.control.cli.command;

import io.vsmmu.control.cli.client.Query;
import io.vsmmu.control.cli.client.ServiceClient;
import io.vsmmu.control.cli.outcome.ExitCode;
import io.vsmmu.control.cli.outcome.Failure;
import io.vsmmu.host.Advice;
import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.platform.vmm.QemuOwnedDevices;
import io.vsmmu.posix.DeviceCalls;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import io.vsmmu.posix.PosixLimits;
import io.vsmmu.posix.ProcessImage;
import io.vsmmu.posix.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code run}. */
@Command(
    name = "run",
    description = {
      "Starts QEMU with host devices whose DMA the VM's vSMMUs translate, and becomes it.",
      "It opens an iommufd and the devices, hands copies to the service, and adds the options for"
          + " them and for the vSMMUs behind those that are given. The exit code is QEMU's."
    })
final class RunCommand extends RemoteCommand {

  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final long HELP_SECONDS = 60;
  private static final int ANSWER_BYTES = 64 * 1024;

  @Parameters(
      index = "0",
      paramLabel = "VM",
      description = "Name of the VM, or of a vSMMU that has one of its own.")
  private String vm = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "QEMU",
      description = "QEMU and its arguments, behind --.")
  private List<String> command = new ArrayList<>();

  @Option(
      names = "--device",
      paramLabel = "ADDRESS=SID[@VSMMU][,PROPERTY=VALUE...]",
      converter = DeviceOption.Converter.class,
      description = {
        "A host device, the StreamID that the guest uses for it, the vSMMU that it goes behind"
            + " (the VM's only one), and further properties of QEMU's device; again for each.",
        "The StreamID is bus, slot and function in the guest: 0x10 is 00:02.0. On another bus than"
            + " 0, bus=ID names it."
      })
  private List<DeviceOption> devices = new ArrayList<>();

  private final HostPaths paths = HostPaths.system();

  @Override
  ExitCode ask(ServiceClient service) {
    check();
    List<Vsmmu> vsmmus = vsmmus(service);
    List<String> sockets = vsmmus.stream().map(Vsmmu::socket).toList();
    if (devices.isEmpty()) {
      throw become(QemuOwnedDevices.withVsmmus(command, sockets), List.of());
    }
    IommufdHost host = new IommufdHost(paths, KernelCalls.system());
    List<Fd> open = new ArrayList<>();
    open.add(open(paths.iommu(), String.valueOf(paths.iommu())));
    for (DeviceOption device : devices) {
      Path file =
          host.deviceFile(device.address())
              .orElseThrow(() -> unusable(host, device.address(), "no vfio device file"));
      open.add(open(host, device.address(), file));
    }
    List<QemuOwnedDevices.Device> placed = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      placed.add(
          new QemuOwnedDevices.Device(
              open.get(i + 1).number(), devices.get(i).streamId(), devices.get(i).properties()));
    }
    List<String> complete =
        QemuOwnedDevices.complete(command, open.getFirst().number(), placed, sockets);
    handOver(vsmmus.getFirst(), open);
    throw become(complete, open);
  }

  /** A vSMMU of the VM. */
  private record Vsmmu(String name, String socket) {}

  /** What can be seen before anything is opened. */
  private void check() {
    QemuOwnedDevices.fatal(command)
        .ifPresent(
            argument -> {
              throw new Failure(
                  ExitCode.USAGE,
                  "-device %s has fd= and no id=: QEMU would end by SIGSEGV%n  Give it an id="
                      .formatted(argument));
            });
    for (DeviceOption device : devices) {
      if (new QemuOwnedDevices.Device(0, device.streamId(), device.properties()).lacksBus()) {
        throw new Failure(
            ExitCode.USAGE,
            "--device %s: StreamID 0x%x is on another bus than 0%n  Name it: %s,bus=ID"
                .formatted(device.address(), device.streamId(), device.text()));
      }
    }
    if (devices.size() > PosixLimits.DESCRIPTORS - 1) {
      throw new Failure(
          ExitCode.USAGE,
          "--device %d times: at most %d times"
              .formatted(devices.size(), PosixLimits.DESCRIPTORS - 1));
    }
    if (!QemuOwnedDevices.hasVfioUser(deviceHelp())) {
      throw new Failure(
          ExitCode.LOCAL,
          "%s has no vfio-user-pci%n  %s"
              .formatted(command.getFirst(), Advice.USE_OTHER_QEMU.with().text()));
    }
  }

  private String deviceHelp() {
    try {
      Process help =
          new ProcessBuilder(command.getFirst(), "-device", "help")
              .redirectErrorStream(true)
              .start();
      help.getOutputStream().close();
      String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!help.waitFor(HELP_SECONDS, TimeUnit.SECONDS)) {
        help.destroyForcibly();
      }
      return text;
    } catch (IOException unstartable) {
      throw new Failure(
          ExitCode.LOCAL,
          "%s cannot be started: %s".formatted(command.getFirst(), unstartable.getMessage()),
          unstartable);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.LOCAL, "interrupted", interrupted);
    }
  }

  private List<Vsmmu> vsmmus(ServiceClient service) {
    List<String> names = new ArrayList<>();
    try {
      service
          .get("/vms/" + Query.segment(vm))
          .body()
          .path("vsmmus")
          .forEach(member -> names.add(member.path("name").asString()));
    } catch (Failure noVm) {
      if (noVm.code() != ExitCode.REFUSED) {
        throw noVm;
      }
      names.add(vm);
    }
    if (names.isEmpty()) {
      throw new Failure(ExitCode.USAGE, "VM %s has no vSMMU".formatted(vm));
    }
    return names.stream()
        .map(name -> new Vsmmu(name, service.get(vsmmu(name)).body().path("socket").asString("")))
        .peek(
            member -> {
              if (member.socket().isEmpty()) {
                throw new Failure(
                    ExitCode.USAGE,
                    "vSMMU %s has no socket: it is a recording".formatted(member.name()));
              }
            })
        .toList();
  }

  private Fd open(IommufdHost host, String address, Path file) {
    try {
      return DeviceCalls.open(file);
    } catch (PosixException refused) {
      throw unusable(host, address, Errno.name(refused.errno()));
    }
  }

  private static Fd open(Path file, String what) {
    try {
      return DeviceCalls.open(file);
    } catch (PosixException refused) {
      throw new Failure(
          ExitCode.LOCAL,
          "%s: %s%n  %s"
              .formatted(what, Errno.name(refused.errno()), Advice.LOAD_IOMMUFD.with().text()),
          refused);
    }
  }

  private static Failure unusable(IommufdHost host, String address, String found) {
    return new Failure(
        ExitCode.LOCAL,
        host.diagnosis()
            .device(address)
            .map(problem -> problem.message())
            .orElse("%s: %s".formatted(address, found)));
  }

  /** The service answers on its socket beside the folder with those of the vSMMUs. */
  private void handOver(Vsmmu first, List<Fd> open) {
    Path socket = Path.of(first.socket()).resolveSibling("../host.sock").normalize();
    ObjectNode message = ServiceClient.JSON.createObjectNode().put("vm", vm).put("iommufd", 0);
    ArrayNode list = message.putArray("devices");
    for (int i = 0; i < devices.size(); i++) {
      DeviceOption device = devices.get(i);
      ObjectNode entry = list.addObject().put("vfio", i + 1).put("sid", device.streamId());
      if (!device.vsmmu().isEmpty()) {
        entry.put("vsmmu", device.vsmmu());
      }
    }
    byte[] text =
        (ServiceClient.JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
    try (UnixStream stream = UnixStream.connect(socket)) {
      stream.receiveTimeout(ANSWER);
      stream.send(ByteBuffer.allocateDirect(text.length).put(text).flip(), open);
      tell(answer(stream));
    } catch (PosixException unreachable) {
      throw new Failure(
          ExitCode.UNREACHABLE,
          "%s: %s%n  Run as the service's user or as root, on its machine"
              .formatted(socket, unreachable.getMessage()),
          unreachable);
    }
  }

  private static JsonNode answer(UnixStream stream) throws PosixException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(ANSWER_BYTES);
    while (buffer.hasRemaining() && stream.receive(buffer) > 0) {
      if (buffer.get(buffer.position() - 1) == '\n') {
        break;
      }
    }
    return ServiceClient.JSON.readTree(StandardCharsets.UTF_8.decode(buffer.flip()).toString());
  }

  private static void tell(JsonNode answer) {
    JsonNode problem = answer.path("problem");
    if (!problem.isMissingNode()) {
      throw new Failure(
          ExitCode.REFUSED,
          "%s: %s%n  %s"
              .formatted(
                  problem.path("subject").asString(""),
                  problem.path("found").asString(""),
                  problem.path("remedy").asString("")));
    }
  }

  /** Returns only by failing. */
  private Failure become(List<String> complete, List<Fd> open) {
    out().flush();
    err().flush();
    try {
      ProcessImage.replace(complete, open);
      return new Failure(ExitCode.INTERNAL, "execvp returned");
    } catch (PosixException refused) {
      return new Failure(
          ExitCode.LOCAL,
          "%s cannot be started: %s".formatted(command.getFirst(), refused.getMessage()),
          refused);
    }
  }
}
