package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.DestinationFile;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.cli.output.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "vms",
    description = "Virtual machines, whose vSMMUs share one guest address space.",
    subcommands = {
      VmsCommand.VmListCommand.class,
      VmsCommand.VmShowCommand.class,
      VmsCommand.VmCreateCommand.class,
      VmsCommand.VmDeleteCommand.class,
      VmsCommand.VmIortCommand.class,
      VmsCommand.VmDsm5Command.class
    },
    synopsisSubcommandLabel = "(list | show | create | delete | iort | dsm5)")
final class VmsCommand {

  private static final String VMS = "/vms";

  /** A command about one VM, whose name is its first positional parameter. */
  abstract static class OneVmCommand extends RemoteCommand {

    @Parameters(index = "0", paramLabel = "VM", description = "Name of the VM.")
    private String vm = "";

    @Override
    Map<String, String> requestNames() {
      return Map.of("name", "VM");
    }

    final String vm() {
      return vm;
    }

    final String path() {
      return VMS + "/" + UrlQuery.segment(vm);
    }
  }

  @Command(name = "list", description = "Lists the VMs.")
  static final class VmListCommand extends RemoteCommand {

    @Mixin private PageOptions.OfList page = new PageOptions.OfList();

    @Override
    ExitCode ask(ServiceClient service) {
      print(service.get(VMS + page.query()), this::show);
      return ExitCode.OK;
    }

    private void show(JsonNode list) {
      Table table = new Table("name").text("vsmmus", "physical SMMUs").extra("created");
      for (JsonNode vm : PagedList.items(list)) {
        table.row(
            List.of(
                vm.path("name").asString(),
                names(vm.path("vsmmus")),
                vm.path("physicalSmmus")
                    .valueStream()
                    .map(JsonNode::asString)
                    .collect(Collectors.joining(" ")),
                vm.path("createdAt").asString()));
      }
      table.print(out(), "", width());
      PageOptions.printNext(list, out());
    }

    private static String names(JsonNode vsmmus) {
      return vsmmus
          .valueStream()
          .map(vsmmu -> vsmmu.path("name").asString())
          .collect(Collectors.joining(" "));
    }
  }

  @Command(name = "show", description = "Shows a VM with what its vSMMUs have now.")
  static final class VmShowCommand extends OneVmCommand {
    @Override
    ExitCode ask(ServiceClient service) {
      print(service.get(path()));
      return ExitCode.OK;
    }
  }

  @Command(name = "create", description = "Creates a VM.")
  static final class VmCreateCommand extends OneVmCommand {

    @Option(
        names = "--machine",
        paramLabel = "FILE",
        description = "JSON that describes the machine, as PUT /vms/{vm}/machine takes it.")
    private @Nullable Path machine;

    @Override
    ExitCode ask(ServiceClient service) {
      ObjectNode body = ServiceClient.JSON.createObjectNode().put("name", vm());
      if (machine != null) {
        body.set("machine", read(machine));
      }
      print(service.post(VMS, body));
      return ExitCode.OK;
    }

    private static JsonNode read(Path file) {
      try {
        return ServiceClient.JSON.readTree(Files.readAllBytes(file));
      } catch (IOException | JacksonException unreadable) {
        throw new Failure(
            ExitCode.USAGE,
            "%s is no JSON: %s".formatted(file, unreadable.getMessage()),
            unreadable);
      }
    }
  }

  @Command(name = "delete", description = "Deletes a VM that has no vSMMUs any more.")
  static final class VmDeleteCommand extends OneVmCommand {
    @Override
    ExitCode ask(ServiceClient service) {
      service.delete(path());
      note("deleted " + vm());
      return ExitCode.OK;
    }
  }

  /** A command that writes an ACPI table of the VM into a file. */
  abstract static class VmTableCommand extends OneVmCommand {

    @Parameters(
        index = "1",
        paramLabel = "FILE",
        description = "File that the table is written to.")
    private Path file = Path.of("");

    final ExitCode write(ServiceClient service, String table) {
      long bytes =
          new DestinationFile(file).write(() -> service.download(path() + "/acpi/" + table));
      note("wrote %d bytes to %s".formatted(bytes, file));
      return ExitCode.OK;
    }
  }

  @Command(name = "iort", description = "Writes the VM's I/O Remapping Table.")
  static final class VmIortCommand extends VmTableCommand {
    @Override
    ExitCode ask(ServiceClient service) {
      return write(service, "iort");
    }
  }

  @Command(name = "dsm5", description = "Writes an SSDT with _DSM function 5 for its host bridges.")
  static final class VmDsm5Command extends VmTableCommand {
    @Override
    ExitCode ask(ServiceClient service) {
      return write(service, "dsm5");
    }
  }
}
