package io.vsmmu.rest.vsmmu;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.vm.Vms;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.EnumNames;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.smmu.spec.HardwareQueues;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.OutputAddressSize;
import io.vsmmu.smmu.spec.VsmmuProperties;
import io.vsmmu.smmu.stimulus.Durability;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The body of {@code POST /vsmmus}. */
@Schema(name = "NewVsmmu")
record NewVsmmu(
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "1 to 63 characters of a-z, 0-9, '.', '_', '-'",
            example = "vm1")
        String name,
    @Nullable
        @Schema(
            description =
                "Name of the VM (POST /api/v1/vms) that it belongs to: the vSMMUs of a VM share its"
                    + " guest's memory; without one it has a VM of its own",
            example = "vm1")
        String vm,
    @Nullable Chosen properties,
    @Nullable
        @Schema(
            description =
                "journaled (the default): invalidations survive the end of every process;"
                    + " committed: also that of the machine. Configuration always does."
                    + " bounded-loss is the older name of journaled")
        String durability) {

  private static final String AUTO = "auto";

  /** The properties that are chosen; each that is absent is as the host has it. */
  @Schema(name = "NewVsmmuProperties")
  record Chosen(
      @Nullable @Schema(description = "on, off or auto") String ats,
      @Nullable @Schema(description = "on, off or auto") String ril,
      @Nullable
          @JsonDeserialize(using = NumberText.class)
          @Schema(description = "Output address size: 32, 36, 40, 42, 44, 48, 52, 56 or auto")
          String oas,
      @Nullable
          @JsonDeserialize(using = NumberText.class)
          @Schema(description = "Bits of a SubstreamID: 0 to 20 or auto")
          String ssidsize,
      @Nullable
          @Schema(
              description =
                  "on, off or auto: whether a guest may ask for completions as writes to memory"
                      + " (IDR0.MSI); auto takes it when the VMM shares memory that can be written")
          String msi,
      @Nullable
          @Schema(
              description =
                  "off (the default) or accept_blind: whether the guest may have command queues"
                      + " that the hardware reads itself (Tegra241 CMDQV), which the log does not"
                      + " see")
          String cmdqv) {}

  String givenName() {
    return ProblemException.required("name", name, "the name of the new vSMMU");
  }

  String givenVm() {
    return vm == null
        ? Vms.OWN
        : ProblemException.required("vm", vm.isEmpty() ? null : vm, "a VM's name");
  }

  Durability givenDurability() {
    Durability given =
        EnumNames.orElse("durability", durability, Durability.class, Durability.JOURNALED);
    return given == Durability.BOUNDED_LOSS ? Durability.JOURNALED : given;
  }

  VsmmuProperties givenProperties() {
    Chosen chosen = properties;
    if (chosen == null) {
      return VsmmuProperties.ALL_AUTO;
    }
    return new VsmmuProperties(
        EnumNames.orElse("properties.ats", chosen.ats(), OnOffAuto.class, OnOffAuto.AUTO),
        EnumNames.orElse("properties.ril", chosen.ril(), OnOffAuto.class, OnOffAuto.AUTO),
        oas(chosen.oas()),
        ssidSize(chosen.ssidsize()),
        EnumNames.orElse("properties.msi", chosen.msi(), OnOffAuto.class, OnOffAuto.AUTO),
        EnumNames.orElse(
            "properties.cmdqv", chosen.cmdqv(), HardwareQueues.class, HardwareQueues.OFF));
  }

  private static int oas(@Nullable String text) {
    if (text == null || text.equalsIgnoreCase(AUTO)) {
      return VsmmuProperties.AUTO;
    }
    long bits = Numbers.unsigned("properties.oas", text, Integer.SIZE);
    if (!OutputAddressSize.exists((int) bits)) {
      throw ProblemException.invalid("properties.oas", text, VsmmuProperties.OAS_ALLOWED);
    }
    return (int) bits;
  }

  private static int ssidSize(@Nullable String text) {
    if (text == null || text.equalsIgnoreCase(AUTO)) {
      return VsmmuProperties.AUTO;
    }
    long bits = Numbers.unsigned("properties.ssidsize", text, Integer.SIZE);
    if (bits > IdRegisters.MAX_SSID_BITS) {
      throw ProblemException.invalid(
          "properties.ssidsize", text, VsmmuProperties.SSID_SIZE_ALLOWED);
    }
    return (int) bits;
  }
}
