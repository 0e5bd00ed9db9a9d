package io.vsmmu.rest.replay;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.replay.ReplayRequest;
import io.vsmmu.control.replay.ReplayTarget;
import io.vsmmu.host.simulated.FaultPlan;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.EnumNames;
import io.vsmmu.rest.value.GivenPosition;
import io.vsmmu.rest.value.LogPoints;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Substitutes;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The body of {@code POST /replays}. */
@Schema(name = "NewReplay")
record NewReplay(
    @Nullable
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, description = "Name or id of a vSMMU")
        String vsmmu,
    @Nullable
        @Schema(
            description =
                "events (the default): apply them to a fresh host; commands: decide them again")
        String mode,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(description = "Last position, or a bookmark, inclusive; by default the whole log")
        String until,
    @Nullable
        @Schema(
            description =
                "simulated (the default): one that has what the log names; local: the host of this"
                    + " service")
        String host,
    @Nullable
        @Schema(
            description =
                "For host local: PCI addresses of the log, each with that of the device that takes"
                    + " its part",
            example = "{\"0000:09:00.0\": \"0000:01:00.0\"}")
        Map<String, String> devices,
    @Nullable @Schema(description = "Whether the outcome is compared with the log") Boolean verify,
    @Nullable
        @Schema(
            description = "Calls of the fresh host that fail, for mode events",
            example = "attach:2:EBUSY")
        String faults) {

  private static final String SIMULATED = "simulated";
  private static final String LOCAL = "local";

  String givenVsmmu() {
    return ProblemException.required("vsmmu", vsmmu, "name or id of a vSMMU");
  }

  ReplayRequest.Mode givenMode() {
    return EnumNames.orElse("mode", mode, ReplayRequest.Mode.class, ReplayRequest.Mode.EVENTS);
  }

  /** The last position; the greatest one there is for the whole log. */
  GivenPosition givenUntil() {
    return until == null
        ? GivenPosition.at(Long.MAX_VALUE)
        : LogPoints.positionInField("until", until);
  }

  boolean givenVerify() {
    return verify != null && verify;
  }

  ReplayTarget givenTarget() {
    String target = host == null ? SIMULATED : host;
    return switch (target) {
      case SIMULATED -> {
        if (devices != null) {
          throw ProblemException.invalid(
              "devices", devices.toString(), "nothing without host local");
        }
        yield new ReplayTarget.Simulated(givenFaults());
      }
      case LOCAL -> {
        checkLocal();
        yield new ReplayTarget.Local(Substitutes.given(devices));
      }
      default -> throw ProblemException.invalid("host", target, "simulated or local");
    };
  }

  private void checkLocal() {
    if (faults != null) {
      throw ProblemException.invalid("faults", faults, "nothing for host local");
    }
    if (givenMode() == ReplayRequest.Mode.COMMANDS) {
      throw ProblemException.invalid(
          "host", LOCAL, "nothing for mode commands, which asks no host");
    }
  }

  private FaultPlan givenFaults() {
    if (faults == null) {
      return FaultPlan.none();
    }
    if (givenMode() == ReplayRequest.Mode.COMMANDS) {
      throw ProblemException.invalid(
          "faults", faults, "nothing for mode commands, which asks no host");
    }
    try {
      return FaultPlan.parse(faults);
    } catch (IllegalArgumentException malformed) {
      throw ProblemException.invalid(
          "faults", faults, "rules as in attach:2:EBUSY; " + malformed.getMessage());
    }
  }
}
