package io.vsmmu.cli.command;

import io.vsmmu.cli.client.Pages;
import io.vsmmu.cli.client.Query;
import io.vsmmu.cli.client.Reply;
import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.outcome.ExitCode;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code devices}. */
@Command(
    name = "devices",
    description = "Host devices behind a vSMMU.",
    subcommands = {
      DevicesCommand.All.class,
      DevicesCommand.Attach.class,
      DevicesCommand.Detach.class
    },
    synopsisSubcommandLabel = "(list | attach | detach)")
final class DevicesCommand {

  /** {@code devices list}. */
  @Command(name = "list", description = "Lists the devices behind a vSMMU.")
  static final class All extends VsmmuCommand {

    private static final Listing COLUMNS =
        new Listing()
            .plain("sid", "hostDevice")
            .text("physicalSmmu")
            .plain("group", "atsEnabled")
            .text("groupMissing")
            .extra("device", "vdevice");

    @Override
    ExitCode ask(ServiceClient service) {
      print(
          service.get(path() + "/devices"),
          list -> COLUMNS.of(Pages.items(list)).print(out(), "", width()));
      return ExitCode.OK;
    }
  }

  /** {@code devices attach}. */
  @Command(name = "attach", description = "Attaches a host device under a StreamID.")
  static final class Attach extends VsmmuCommand {

    @Parameters(
        index = "1",
        paramLabel = "DEVICE",
        description = "Host device, such as 0000:01:00.0.")
    private String device = "";

    @Parameters(
        index = "2",
        paramLabel = "SID",
        description = "StreamID, such as 0x900.",
        converter = Hexadecimal.StreamId.class)
    private Hexadecimal sid = new Hexadecimal(0);

    @Option(
        names = "--ats",
        paramLabel = "WHEN",
        description = "Address Translation Service of the device: ${COMPLETION-CANDIDATES}.")
    private @Nullable OnOffAuto ats;

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

  /** {@code devices detach}. */
  @Command(name = "detach", description = "Detaches the device of a StreamID.")
  static final class Detach extends VsmmuCommand {

    @Parameters(
        index = "1",
        paramLabel = "SID",
        description = "StreamID, such as 0x900.",
        converter = Hexadecimal.StreamId.class)
    private Hexadecimal sid = new Hexadecimal(0);

    @Override
    ExitCode ask(ServiceClient service) {
      service.deleteUnversioned(path() + "/devices/" + Query.segment(sid));
      note("detached " + sid + " from " + name());
      return ExitCode.OK;
    }
  }
}
