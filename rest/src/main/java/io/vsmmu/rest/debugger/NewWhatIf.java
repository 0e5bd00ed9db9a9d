package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.whatif.InputChange;
import io.vsmmu.control.whatif.PropertyChanges;
import io.vsmmu.control.whatif.WhatIfRequest;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.EnumNames;
import io.vsmmu.rest.value.LogPoints;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.smmu.spec.IdRegisters;
import io.vsmmu.smmu.spec.OnOffAuto;
import io.vsmmu.smmu.spec.OutputAddressSize;
import io.vsmmu.smmu.spec.VsmmuProperties;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The body of {@code POST /vsmmus/{name}/what-ifs}. */
@Schema(name = "NewWhatIf")
record NewWhatIf(
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            description =
                "Position or bookmark up to which the log stays as it is; by default the last one"
                    + " before the change has an effect")
        String at,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(description = "Position or bookmark of an access that is left out")
        String leaveOut,
    @Nullable
        @Schema(
            description =
                "Calls of the host that fail, counted from the first access that is decided again",
            example = "attach:2:EBUSY")
        String faults,
    @Nullable
        @Schema(
            description =
                "Properties of the vSMMU that are changed: ats and ril (on, off or auto), oas and"
                    + " ssidsize (bits or auto)",
            example = "{\"ril\": \"off\"}")
        Map<String, String> set,
    @Nullable @Schema(description = "Name of a new vSMMU that gets the log of the outcome")
        String keep) {

  private static final String AUTO = "auto";
  private static final String ATS = "ats";
  private static final String RIL = "ril";
  private static final String OAS = "oas";
  private static final String SSID_SIZE = "ssidsize";

  /**
   * The replay of a vSMMU's log that is asked for.
   *
   * @throws ProblemException if a value is not allowed
   */
  WhatIfRequest request(VsmmuDirectory directory, RegisteredVsmmu vsmmu) {
    return new WhatIfRequest(
        vsmmu,
        position(directory, vsmmu, "at", at),
        new InputChange(
            position(directory, vsmmu, "leaveOut", leaveOut),
            plan(),
            faults == null ? "" : faults,
            properties()),
        keep);
  }

  private static OptionalLong position(
      VsmmuDirectory directory, RegisteredVsmmu vsmmu, String field, @Nullable String text) {
    return text == null
        ? OptionalLong.empty()
        : OptionalLong.of(directory.position(vsmmu, field, LogPoints.positionInField(field, text)));
  }

  private FaultPlan plan() {
    if (faults == null) {
      return FaultPlan.none();
    }
    try {
      return FaultPlan.parse(faults);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid(
          "faults", faults, "rules as in attach:2:EBUSY; " + malformed.getMessage());
    }
  }

  private PropertyChanges properties() {
    if (set == null) {
      return PropertyChanges.NONE;
    }
    for (String name : new TreeSet<>(set.keySet())) {
      switch (name) {
        case ATS, RIL, OAS, SSID_SIZE -> {}
        default -> throw ProblemException.invalid("set", name, "one of ats, ril, oas and ssidsize");
      }
    }
    return new PropertyChanges(choice(ATS), choice(RIL), oas(), ssidSize());
  }

  private @Nullable String given(String name) {
    return set == null ? null : set.get(name);
  }

  private Optional<OnOffAuto> choice(String name) {
    return Optional.ofNullable(given(name))
        .map(text -> EnumNames.orElse("set." + name, text, OnOffAuto.class, OnOffAuto.AUTO));
  }

  private OptionalInt oas() {
    String text = given(OAS);
    if (text == null) {
      return OptionalInt.empty();
    }
    if (text.equalsIgnoreCase(AUTO)) {
      return OptionalInt.of(VsmmuProperties.AUTO);
    }
    long bits = Numbers.unsigned("set.oas", text, Integer.SIZE);
    if (!OutputAddressSize.exists((int) bits)) {
      throw ProblemException.invalid("set.oas", text, VsmmuProperties.OAS_ALLOWED);
    }
    return OptionalInt.of((int) bits);
  }

  private OptionalInt ssidSize() {
    String text = given(SSID_SIZE);
    if (text == null) {
      return OptionalInt.empty();
    }
    if (text.equalsIgnoreCase(AUTO)) {
      return OptionalInt.of(VsmmuProperties.AUTO);
    }
    long bits = Numbers.unsigned("set.ssidsize", text, Integer.SIZE);
    if (bits > IdRegisters.MAX_SSID_BITS) {
      throw ProblemException.invalid("set.ssidsize", text, VsmmuProperties.SSID_SIZE_ALLOWED);
    }
    return OptionalInt.of((int) bits);
  }
}
