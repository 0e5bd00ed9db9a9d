package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.doctor.DoctorFinding;
import io.vsmmu.cli.doctor.DoctorReport;
import io.vsmmu.cli.doctor.SystemAccess;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Paragraph;
import io.vsmmu.cli.output.Screen;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
    name = "doctor",
    description = "Checks whether this machine's devices can be given to guests; needs no service.")
public final class DoctorCommand implements Callable<Integer> {

  private static final int LEVEL_WIDTH = 9;
  private static final String INDENT = " ".repeat(LEVEL_WIDTH + 2);

  private final Supplier<SystemAccess> system;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).",
      defaultValue = "table")
  private OutputFormat output = OutputFormat.TABLE;

  /** Checks the machine that this process runs on. */
  public DoctorCommand() {
    this(SystemAccess::system);
  }

  /**
   * @param system the machine to check
   */
  public DoctorCommand(Supplier<SystemAccess> system) {
    this.system = system;
  }

  @Override
  public Integer call() {
    DoctorReport examination = DoctorReport.of(system.get());
    PrintWriter out = spec.commandLine().getOut();
    if (output == OutputFormat.JSON) {
      out.println(ServiceClient.JSON.writeValueAsString(json(examination)));
    } else {
      print(examination, out, Screen.of(spec).columns());
    }
    out.flush();
    return (examination.usable() ? ExitCode.OK : ExitCode.NO).value();
  }

  private static ObjectNode json(DoctorReport examination) {
    ObjectNode root = ServiceClient.JSON.createObjectNode().put("usable", examination.usable());
    ArrayNode findings = root.putArray("findings");
    for (DoctorFinding finding : examination.findings()) {
      ObjectNode node =
          findings
              .addObject()
              .put("level", finding.level().toString())
              .put("subject", finding.subject())
              .put("found", finding.found());
      if (!finding.remedy().isEmpty()) {
        node.put("remedy", finding.remedy());
      }
    }
    return root;
  }

  private static void print(DoctorReport examination, PrintWriter out, int width) {
    for (DoctorFinding finding : examination.findings()) {
      String level = finding.level().toString();
      String first = level + " ".repeat(LEVEL_WIDTH - level.length());
      String found = finding.subject() + ": " + finding.found();
      Paragraph.print(out, found, first, " ".repeat(LEVEL_WIDTH), width);
      if (!finding.remedy().isEmpty()) {
        Paragraph.print(out, finding.remedy(), INDENT, INDENT, width);
      }
    }
    out.println();
    Paragraph.print(out, verdict(examination), "", "", width);
  }

  private static String verdict(DoctorReport examination) {
    if (examination.usable()) {
      return "Devices of this machine can be given to guests: ./vsmmu serve --host iommufd";
    }
    int problems = examination.problems().size();
    return "%d problem%s: %s"
        .formatted(
            problems,
            problems == 1 ? "" : "s",
            examination.startable()
                ? "devices of this machine cannot be given to guests yet. The simulated host works:"
                    + " ./vsmmu serve"
                : "see above. The service cannot start with this PostgreSQL");
  }
}
