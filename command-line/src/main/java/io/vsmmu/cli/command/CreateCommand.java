package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.smmu.spec.OnOffAuto;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

@Command(name = "create", description = "Creates a vSMMU; what is not given is as the host has it.")
final class CreateCommand extends VsmmuCommand {

  @Option(
      names = "--vm",
      paramLabel = "VM",
      description = "The VM that it belongs to; without one it has a VM of its own.")
  private @Nullable String vm;

  @Option(
      names = "--ats",
      paramLabel = "WHEN",
      description = "Address Translation Service: ${COMPLETION-CANDIDATES}.")
  private @Nullable OnOffAuto ats;

  @Option(
      names = "--ril",
      paramLabel = "WHEN",
      description = "Range-based invalidation: ${COMPLETION-CANDIDATES}.")
  private @Nullable OnOffAuto ril;

  @Option(
      names = "--oas",
      paramLabel = "BITS",
      description = "Output address size in bits, such as 44 or 48.")
  private @Nullable Integer oas;

  @Option(
      names = "--ssidsize",
      paramLabel = "BITS",
      description = "Bits of a SubstreamID; 0 for none.")
  private @Nullable Integer ssidsize;

  @Option(
      names = "--cmdqv",
      paramLabel = "HOW",
      description =
          "Command queues that the hardware reads itself, unseen by the log:"
              + " ${COMPLETION-CANDIDATES}.")
  private @Nullable CmdqvOption cmdqv;

  @Option(
      names = "--durability",
      paramLabel = "HOW",
      description = "What the log of invalidations survives: ${COMPLETION-CANDIDATES}.")
  private @Nullable DurabilityOption durability;

  @Override
  ExitCode ask(ServiceClient service) {
    ObjectNode body = ServiceClient.JSON.createObjectNode().put("name", name());
    putText(body, "vm", vm);
    ObjectNode properties = ServiceClient.JSON.createObjectNode();
    putText(properties, "ats", ats);
    putText(properties, "ril", ril);
    putNumber(properties, "oas", oas);
    putNumber(properties, "ssidsize", ssidsize);
    putText(properties, "cmdqv", cmdqv);
    if (!properties.isEmpty()) {
      body.set("properties", properties);
    }
    putText(body, "durability", durability);
    print(service.post("/vsmmus", body));
    return ExitCode.OK;
  }

  private static void putText(ObjectNode object, String name, @Nullable Object value) {
    if (value != null) {
      object.put(name, value.toString());
    }
  }

  private static void putNumber(ObjectNode object, String name, @Nullable Integer value) {
    if (value != null) {
      object.put(name, value);
    }
  }

  /**
   * Whether the guest may have command queues that the log does not see (VCMDQs of Tegra241 CMDQV).
   */
  enum CmdqvOption {
    OFF,
    ACCEPT_BLIND;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What the events of invalidations survive; values of {@code durability}. */
  enum DurabilityOption {
    COMMITTED,
    JOURNALED,
    /** The older name of journaled. */
    BOUNDED_LOSS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
