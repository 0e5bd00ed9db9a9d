package io.vsmmu.cli.command;

import io.vsmmu.cli.client.PagedList;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.client.UrlQuery;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "devices",
    description = "Host devices behind a vSMMU.",
    subcommands = {
      DevicesCommand.DeviceListCommand.class,
      DevicesCommand.DeviceAttachCommand.class,
      DevicesCommand.DeviceDetachCommand.class
    },
    synopsisSubcommandLabel = "(list | attach | detach)")
final class DevicesCommand {

  @Command(name = "list", description = "Lists the devices behind a vSMMU.")
  static final class DeviceListCommand extends VsmmuCommand {

    private static final JsonTable COLUMNS =
        new JsonTable()
            .plain("sid", "hostDevice")
            .text("physicalSmmu")
            .plain("group", "atsEnabled")
            .text("groupMissing")
            .extra("device", "vdevice");

    @Override
    ExitCode ask(ServiceClient service) {
      print(
          service.get(path() + "/devices"),
          list -> COLUMNS.of(PagedList.items(list)).print(out(), "", width()));
      return ExitCode.OK;
    }
  }

  @Command(name = "attach", description = "Attaches a host device under a StreamID.")
  static final class DeviceAttachCommand extends VsmmuCommand {

    @Parameters(
        index = "1",
        paramLabel = "DEVICE",
        description = "Host device, such as 0000:01:00.0.")
    private String device = "";

    @Parameters(
        index = "2",
        paramLabel = "SID",
        description = "StreamID, such as 0x900.",
        converter = Hexadecimal.StreamIdConverter.class)
    private Hexadecimal sid = new Hexadecimal(0);

    @Option(
        names = "--ats",
        paramLabel = "WHEN",
        description = "Address Translation Service of the device: ${COMPLETION-CANDIDATES}.")
    private @Nullable OnOffAuto ats;

    @Override
    Map<String, String> requestNames() {
      return Map.of("hostDevice", "DEVICE");
    }

    @Override
    ExitCode ask(ServiceClient service) {
      ObjectNode body =
          ServiceClient.JSON
              .createObjectNode()
              .put("hostDevice", device)
              .put("sid", sid.toString());
      if (ats != null) {
        body.put("ats", ats.toString());
      }
      Reply attached = service.post(path() + "/devices", body);
      print(attached);
      List<String> missing =
          attached.body().path("groupMissing").valueStream().map(JsonNode::asString).toList();
      if (!missing.isEmpty()) {
        note(
            "iommu group %s translates only when all of its devices are behind %s; attach %s too"
                .formatted(
                    attached.body().path("group").asString(), name(), String.join(", ", missing)));
      }
      return ExitCode.OK;
    }
  }

  @Command(name = "detach", description = "Detaches the device of a StreamID.")
  static final class DeviceDetachCommand extends VsmmuCommand {

    @Parameters(
        index = "1",
        paramLabel = "SID",
        description = "StreamID, such as 0x900.",
        converter = Hexadecimal.StreamIdConverter.class)
    private Hexadecimal sid = new Hexadecimal(0);

    @Override
    ExitCode ask(ServiceClient service) {
      service.deleteUnversioned(path() + "/devices/" + UrlQuery.segment(sid));
      note("detached " + sid + " from " + name());
      return ExitCode.OK;
    }
  }
}
