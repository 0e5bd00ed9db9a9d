package io.vsmmu.cli.command;

import io.vsmmu.cli.client.DescriptorSocket;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.host.Advice;
import io.vsmmu.host.HostResult;
import io.vsmmu.host.kernel.HostDiagnosis;
import io.vsmmu.host.kernel.HostPaths;
import io.vsmmu.host.kernel.HostProblem;
import io.vsmmu.host.kernel.IommufdHost;
import io.vsmmu.host.uapi.KernelCalls;
import io.vsmmu.platform.vmm.QemuDeviceArguments;
import io.vsmmu.platform.vmm.VmmOwnedDevice;
import io.vsmmu.posix.Errno;
import io.vsmmu.posix.Fd;
import io.vsmmu.posix.PosixException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Implements {@code run}. Every error is found before this process becomes QEMU. If QEMU then
 * cannot be started, the descriptors are closed and the service is asked to release its copies.
 */
@Command(
    name = "run",
    description = {
      "Starts QEMU with host devices whose DMA the VM's vSMMUs translate, and becomes it.",
      "It opens an iommufd and the devices, hands copies to the service, and adds the options for"
          + " them and for the vSMMUs behind those that are given. The exit code is QEMU's."
    })
public final class RunCommand extends RemoteCommand {

  /** Replaces this process by another program, as execvp(3) does. */
  @FunctionalInterface
  public interface ProcessReplacement {

    /**
     * Returns only by failing.
     *
     * @param command the program and its arguments
     * @param inherited descriptors that stay open under their numbers
     * @throws PosixException as execvp(3)
     */
    void become(List<String> command, List<Fd> inherited) throws PosixException;
  }

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
      converter = RunCommand.OwnedDeviceConverter.class,
      description =
          "A host device and the StreamID that the guest uses for it, as in 0000:01:00.0=0x10;"
              + " again for each. @VSMMU names the vSMMU where the VM has several; further"
              + " properties are those of QEMU's device, such as rombar=0. The StreamID is bus,"
              + " slot and function in the guest: 0x10 is 00:02.0. On another bus than 0, bus=ID"
              + " names it.")
  private List<VmmOwnedDevice> devices = new ArrayList<>();

  private final HostPaths paths;
  private final KernelCalls kernel;
  private final ProcessReplacement replacement;

  /**
   * @param paths where /dev, /sys and /proc are
   * @param kernel system calls
   */
  public RunCommand(HostPaths paths, KernelCalls kernel, ProcessReplacement replacement) {
    this.paths = paths;
    this.kernel = kernel;
    this.replacement = replacement;
  }

  @Override
  ExitCode ask(ServiceClient service) {
    RunChecks checks = new RunChecks(command, devices);
    checks.arguments();
    List<MemberVsmmu> vsmmus = vsmmus(service);
    checks.vsmmus(vsmmus.stream().map(MemberVsmmu::name).toList());
    List<String> sockets = vsmmus.stream().map(MemberVsmmu::socket).toList();
    new QemuProgram(command.getFirst()).mustHaveVfioUser();
    if (devices.isEmpty()) {
      throw become(QemuDeviceArguments.withVsmmus(command, sockets), List.of());
    }
    // host.sock is in the data directory, beside the folder of the vSMMUs' sockets.
    Path hostSocket = Path.of(sockets.getFirst()).resolveSibling("../host.sock").normalize();
    List<Fd> open = new ArrayList<>();
    try (DescriptorSocket socket = DescriptorSocket.connect(hostSocket)) {
      openAll(open);
      List<Integer> files = open.stream().skip(1).map(Fd::number).toList();
      List<String> complete =
          QemuDeviceArguments.complete(command, open.getFirst().number(), devices, files, sockets);
      socket.send(message(), open);
      try {
        throw become(complete, open);
      } catch (Failure unstarted) {
        release(service, unstarted);
        throw unstarted;
      }
    } finally {
      open.forEach(kernel::close);
    }
  }

  private record MemberVsmmu(String name, String vm, String socket) {

    MemberVsmmu(String name, JsonNode shown) {
      this(name, shown.path("vm").asString(""), shown.path("socket").asString(""));
    }
  }

  private List<MemberVsmmu> vsmmus(ServiceClient service) {
    List<String> names = new ArrayList<>();
    try {
      service
          .get("/vms/" + UrlQuery.segment(vm))
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
      throw new Failure(
          ExitCode.USAGE,
          "VM %s: has no vSMMU%n  Make one: ./vsmmu create NAME --vm %s".formatted(vm, vm));
    }
    return names.stream()
        .map(name -> new MemberVsmmu(name, service.get(vsmmu(name)).body()))
        .peek(this::mustBeOfVm)
        .peek(RunCommand::mustListen)
        .toList();
  }

  private void mustBeOfVm(MemberVsmmu vsmmu) {
    if (!vsmmu.vm().isEmpty() && !vsmmu.vm().equals(vm)) {
      throw new Failure(
          ExitCode.USAGE,
          "vSMMU %s: is one of VM %s%n  Name the VM: ./vsmmu run %s"
              .formatted(vsmmu.name(), vsmmu.vm(), vsmmu.vm()));
    }
  }

  private static void mustListen(MemberVsmmu vsmmu) {
    if (vsmmu.socket().isEmpty()) {
      throw new Failure(
          ExitCode.USAGE,
          "vSMMU %s: has no socket, because it is a recording%n  Name a live one"
              .formatted(vsmmu.name()));
    }
    if (!Files.exists(Path.of(vsmmu.socket()))) {
      throw new Failure(
          ExitCode.UNREACHABLE,
          "vSMMU %s: its socket %s is not on this machine, or not visible%n  Run as the service's"
                  .formatted(vsmmu.name(), vsmmu.socket())
              + " user or as root, on its machine");
    }
  }

  /** Opens the iommufd and the file of each device, once no device has a problem. */
  private void openAll(List<Fd> open) {
    IommufdHost host = new IommufdHost(paths, kernel);
    HostDiagnosis diagnosis = host.diagnosis();
    List<HostProblem> problems = new ArrayList<>(diagnosis.host());
    devices.forEach(device -> diagnosis.device(device.address()).ifPresent(problems::add));
    if (!problems.isEmpty()) {
      throw unusable(problems.getFirst());
    }
    open.add(open(paths.iommu(), String.valueOf(paths.iommu()), Advice.LOAD_IOMMUFD));
    for (VmmOwnedDevice device : devices) {
      Path file = host.deviceFile(device.address()).orElseThrow();
      open.add(open(file, device.address(), Advice.ALLOW_FILE));
    }
  }

  private Fd open(Path file, String what, Advice advice) {
    return switch (kernel.open(file)) {
      case HostResult.Ok<Fd>(Fd fd) -> fd;
      case HostResult.Refused<Fd>(Errno errno) ->
          throw new Failure(
              ExitCode.LOCAL, "%s: %s%n  %s".formatted(what, errno.name(), advice.with().text()));
    };
  }

  private static Failure unusable(HostProblem problem) {
    return new Failure(
        ExitCode.LOCAL,
        "%s: %s%n  %s"
            .formatted(problem.what().field(), problem.what().given(), problem.what().remedy()));
  }

  private ObjectNode message() {
    ObjectNode message = ServiceClient.JSON.createObjectNode().put("vm", vm).put("iommufd", 0);
    ArrayNode list = message.putArray("devices");
    for (int i = 0; i < devices.size(); i++) {
      VmmOwnedDevice device = devices.get(i);
      ObjectNode entry = list.addObject().put("vfio", i + 1).put("sid", device.streamId());
      if (!device.vsmmu().isEmpty()) {
        entry.put("vsmmu", device.vsmmu());
      }
    }
    return message;
  }

  /** The service also notices the end of this process, but later than this request. */
  private void release(ServiceClient service, Failure unstarted) {
    try {
      service.deleteUnversioned("/hosts/local/vmms/" + UrlQuery.segment(vm));
    } catch (Failure notNow) {
      unstarted.addSuppressed(notNow);
    }
  }

  /** Replaces this process; returns only the failure, if that is impossible. */
  private Failure become(List<String> complete, List<Fd> open) {
    out().flush();
    err().flush();
    try {
      replacement.become(complete, open);
      return new Failure(ExitCode.INTERNAL, "execvp returned");
    } catch (PosixException refused) {
      return new Failure(
          ExitCode.LOCAL,
          "%s cannot be started: %s".formatted(command.getFirst(), refused.getMessage()),
          refused);
    }
  }

  /** Reads the value of {@code --device}. */
  static final class OwnedDeviceConverter implements ITypeConverter<VmmOwnedDevice> {

    @Override
    public VmmOwnedDevice convert(String text) {
      return VmmOwnedDevice.parse(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is no ADDRESS=SID[@VSMMU][,PROPERTY=VALUE...], as in 0000:01:00.0=0x10"
                          .formatted(text)));
    }
  }
}
