package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.output.Paragraph;
import io.vsmmu.cli.output.Table;
import io.vsmmu.control.placement.PlacementLimits;
import io.vsmmu.platform.vmm.CommandLineLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "layout",
    description = "Proposes vSMMUs for a set of host devices; changes nothing.")
final class LayoutCommand extends RemoteCommand {

  @Parameters(
      arity = "1..*",
      paramLabel = "DEVICE",
      description = "Host device, such as 0000:01:00.0.")
  private List<String> devices = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "table (default), json (the service's answer), qemu (a command line without devices), run"
              + " (the whole command of ./vsmmu run for devices that QEMU binds itself), libvirt (a"
              + " fragment of a domain with the same devices in the same places; what is to be done"
              + " besides is said on stderr).",
      defaultValue = "table")
  private LayoutFormat format = LayoutFormat.TABLE;

  @Option(
      names = "--accelerated",
      description =
          "For qemu and libvirt: a machine with QEMU's own accelerated SMMUs instead of vSMMUs of"
              + " this service, for comparison.")
  private boolean accelerated;

  @Option(
      names = "--vm",
      paramLabel = "VM",
      description = "Name of the VM, after which its vSMMUs are named. Default: vm.")
  private @Nullable String vm;

  @Option(
      names = "--first-bus",
      paramLabel = "BUS",
      description = "Number of the first vSMMU's root bus, 1 to 255. Default: 8.",
      converter = Bus.class)
  private @Nullable Long firstBus;

  @Option(
      names = "--memory",
      paramLabel = "MIB",
      description = "Guest memory in MiB. Default: 1024.",
      converter = Memory.class)
  private @Nullable Long memory;

  private static final class Bus extends WholeNumber {
    Bus() {
      super(1, PlacementLimits.LAST_BUS);
    }
  }

  private static final class Memory extends WholeNumber {
    Memory() {
      super(1, CommandLineLimits.MEMORY_MIB);
    }
  }

  @Option(
      names = "--qemu-version",
      paramLabel = "RELEASE",
      description =
          "The QEMU that is to read the texts, such as 11.1. Default: 11.0, the first with an"
              + " accelerated SMMU.")
  private @Nullable String qemuVersion;

  @Option(
      names = "--libvirt-version",
      paramLabel = "RELEASE",
      description =
          "The libvirt that is to read the domain, such as 12.9. Default: 12.7, the first that"
              + " supports an accelerated SMMUv3.")
  private @Nullable String libvirtVersion;

  @Option(
      names = "--fdgroup",
      paramLabel = "NAME",
      description =
          "For libvirt: the name under which a client associates an iommufd with the domain"
              + " (virDomainFDAssociate) before it starts. Default: libvirt opens one (host.md).")
  private @Nullable String fdGroup;

  @Override
  Map<String, String> requestNames() {
    return Map.of(
        "devices", "DEVICE",
        "memoryMib", "--memory",
        "qemu", "--qemu-version",
        "libvirt", "--libvirt-version");
  }

  @Override
  ExitCode ask(ServiceClient service) {
    if (accelerated && format == LayoutFormat.RUN) {
      throw new Failure(
          ExitCode.USAGE,
          "--format is run, which is for vSMMUs of this service%n  Leave --accelerated out"
              .formatted());
    }
    Reply reply = service.post("/hosts/local:place", body());
    return switch (format) {
      case TABLE -> {
        print(reply, this::show);
        yield ExitCode.OK;
      }
      case JSON -> {
        out().println(reply.text().strip());
        out().flush();
        yield ExitCode.OK;
      }
      case QEMU, RUN, LIBVIRT -> text(reply.body().path(accelerated ? "accelerated" : "vsmmu"));
    };
  }

  private ObjectNode body() {
    ObjectNode body = ServiceClient.JSON.createObjectNode();
    devices.forEach(body.putArray("devices")::add);
    if (vm != null) {
      body.put("vm", vm);
    }
    if (firstBus != null) {
      body.put("firstBus", firstBus);
    }
    if (memory != null) {
      body.put("memoryMib", memory);
    }
    if (qemuVersion != null) {
      body.put("qemu", qemuVersion);
    }
    if (libvirtVersion != null) {
      body.put("libvirt", libvirtVersion);
    }
    if (fdGroup != null) {
      body.put("fdGroup", fdGroup);
    }
    return body;
  }

  private ExitCode text(JsonNode texts) {
    String text = texts.path(format.toString()).asString("");
    if (text.isEmpty()) {
      return refused(texts.path("problems"));
    }
    out().println(text.strip());
    out().flush();
    texts
        .path("notes")
        .valueStream()
        .map(JsonNode::asString)
        .filter(this::isAboutFormat)
        .map(
            note ->
                note.startsWith(format + ": ") ? note.substring((format + ": ").length()) : note)
        .forEach(this::warn);
    return ExitCode.OK;
  }

  private boolean isAboutFormat(String note) {
    return Arrays.stream(LayoutFormat.values())
        .noneMatch(other -> other != format && note.startsWith(other + ": "));
  }

  /** Prints why the text cannot be made; a release that is too old is a wrong argument. */
  private ExitCode refused(JsonNode problems) {
    String about = format + ": ";
    List<String> relevant =
        problems
            .valueStream()
            .map(JsonNode::asString)
            .filter(problem -> problem.startsWith(about))
            .map(problem -> problem.substring(about.length()))
            .toList();
    if (relevant.stream().anyMatch(LayoutCommand::isAboutRelease)) {
      relevant.forEach(this::warn);
      return ExitCode.USAGE;
    }
    relevant.forEach(out()::println);
    out().flush();
    return ExitCode.NO;
  }

  private static boolean isAboutRelease(String problem) {
    return problem.startsWith("qemu is ") || problem.startsWith("libvirt is ");
  }

  private void show(JsonNode layout) {
    Table table =
        new Table("vsmmu", "physical SMMU", "bus", "sid", "device", "group", "ats", "slot");
    for (JsonNode vsmmu : layout.path("vsmmus")) {
      for (JsonNode device : vsmmu.path("devices")) {
        table.row(
            List.of(
                vsmmu.path("name").asString(),
                vsmmu.path("physicalSmmu").asString(),
                vsmmu.path("bus").asString(),
                device.path("sid").asString(),
                device.path("hostDevice").asString(),
                device.path("group").asString(),
                device.path("ats").asString(),
                device.path("slot").asString()));
      }
    }
    table.print(out(), "", width());
    layout.path("notes").forEach(line -> Paragraph.print(out(), line.asString(), "", "", width()));
  }

  /** How a layout is printed; QEMU, RUN and LIBVIRT are also members of the answer. */
  enum LayoutFormat {
    TABLE,
    JSON,
    QEMU,
    RUN,
    LIBVIRT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
