package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.CellText;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Paragraph;
import io.vsmmu.cli.output.Table;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

@Command(name = "host", description = "Shows the host behind the vSMMUs.")
final class HostCommand extends RemoteCommand {

  private static final String INDENT = "  ";
  private static final List<String> VALUES =
      List.of("nesting", "oas", "sidsize", "ssidsize", "ats", "ril", "granules");

  @Override
  ExitCode ask(ServiceClient service) {
    print(service.get("/hosts/local"), this::tables);
    return ExitCode.OK;
  }

  private void tables(JsonNode host) {
    JsonNode kernel = host.path("kernel");
    out().println("host    " + CellText.of(host.path("kind")));
    out().println("kernel  " + CellText.of(kernel.path("release")));
    problems(host.path("problems"));
    out().println("physical SMMUs");
    smmus(host.path("smmus"));
    out().println("devices");
    devices(host.path("devices"));
    missing(kernel.path("missing"));
  }

  private void problems(JsonNode problems) {
    if (!problems.isEmpty()) {
      out().println("problems");
      problems.forEach(this::problem);
    }
  }

  private void problem(JsonNode problem) {
    String found = CellText.of(problem.path("subject")) + ": " + CellText.of(problem.path("found"));
    lines(found, INDENT);
    lines(CellText.of(problem.path("remedy")), INDENT + INDENT);
  }

  private void smmus(JsonNode smmus) {
    Table table =
        new Table("name", "nesting", "oas")
            .extra("sidsize")
            .plain("ssidsize", "ats", "ril")
            .text("granules");
    for (JsonNode smmu : smmus) {
      JsonNode values = smmu.path("properties");
      List<String> cells =
          Stream.concat(Stream.of(smmu.path("name")), VALUES.stream().map(values::path))
              .map(CellText::of)
              .toList();
      table.row(cells);
    }
    table.print(out(), INDENT, width());
  }

  private void devices(JsonNode devices) {
    Table table =
        new Table("address", "group", "smmu")
            .text("sids")
            .extra("ats", "pasid bits")
            .plain("for a guest");
    for (JsonNode device : devices) {
      JsonNode can = device.path("capabilities");
      table.row(
          CellText.of(device.path("address")),
          CellText.of(device.path("group")),
          CellText.of(device.path("smmu")),
          CellText.of(device.path("sids")),
          CellText.of(can.path("ats")),
          CellText.of(can.path("pasidBits")),
          use(device));
    }
    table.print(out(), INDENT, width());
    devices.forEach(
        device -> {
          if (device.path("problem").isObject()) {
            problem(device.path("problem"));
          }
        });
  }

  private static String use(JsonNode device) {
    if (device.path("vsmmu").isString()) {
      return "is " + CellText.of(device.path("vsmmu")) + "'s";
    }
    if (!device.path("assignable").asBoolean(false)) {
      return "no";
    }
    return device.path("onlyFor").isString()
        ? "only for " + CellText.of(device.path("onlyFor"))
        : "yes";
  }

  private void missing(JsonNode missing) {
    if (missing.isEmpty()) {
      return;
    }
    out().println("what the kernel lacks");
    for (JsonNode feature : missing) {
      String lacking =
          "%s, there from %s on"
              .formatted(CellText.of(feature.path("feature")), CellText.of(feature.path("since")));
      lines(lacking, INDENT);
      lines(CellText.of(feature.path("consequence")), INDENT + INDENT);
    }
  }

  private void lines(String text, String indent) {
    Paragraph.print(out(), text, indent, indent, width());
  }
}
