package io.vsmmu.cli.command;

import io.vsmmu.cli.client.ServiceClient;
import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.OutputAddressSize;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.node.ObjectNode;

@Command(name = "create", description = "Creates a vSMMU; what is not given is as the host has it.")
final class CreateCommand extends VsmmuCommand {

  @Option(
      names = "--vm",
      paramLabel = "VM",
      description = "The VM that it belongs to (vms create); without one it has a VM of its own.")
  private @Nullable String vm;

  @Option(
      names = "--ats",
      paramLabel = "WHEN",
      description = "Address Translation Service: auto, on, off.")
  private @Nullable OnOffAuto ats;

  @Option(
      names = "--ril",
      paramLabel = "WHEN",
      description = "Range-based invalidation: auto, on, off.")
  private @Nullable OnOffAuto ril;

  @Option(
      names = "--oas",
      paramLabel = "BITS",
      description = "Output address size in bits: 32, 36, 40, 42, 44, 48, 52 or 56.",
      converter = OasConverter.class)
  private @Nullable Long oas;

  @Option(
      names = "--ssidsize",
      paramLabel = "BITS",
      description = "Bits of a SubstreamID, 0 to 20, where 0 is for none.",
      converter = SsidSize.class)
  private @Nullable Long ssidsize;

  @Option(
      names = "--cmdqv",
      paramLabel = "HOW",
      description =
          "off (default); accept-blind: the guest may have command queues that the hardware reads"
              + " itself (Tegra241 CMDQV). What it puts there is not in the log, which lint and"
              + " state say (ADR 15).")
  private @Nullable CmdqvOption cmdqv;

  @Option(
      names = "--durability",
      paramLabel = "HOW",
      description =
          "What the log of invalidations survives: journaled (the default) the end of every"
              + " process, committed also that of the machine. Configuration survives both."
              + " bounded-loss is the older name of journaled.")
  private @Nullable DurabilityOption durability;

  /** The sizes that IDR5.OAS can express (IHI 0070, 6.3.6). */
  private static final class OasConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return OutputAddressSize.BITS.stream()
          .filter(bits -> bits.toString().equals(text))
          .map(Integer::longValue)
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is not allowed; allowed: one of %s"
                          .formatted(text, OutputAddressSize.BITS)));
    }
  }

  private static final class SsidSize extends WholeNumber {
    SsidSize() {
      super(0, IdRegisters.MAX_SSID_BITS);
    }
  }

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

  private static void putNumber(ObjectNode object, String name, @Nullable Long value) {
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
