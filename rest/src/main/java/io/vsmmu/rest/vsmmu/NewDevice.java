package io.vsmmu.rest.vsmmu;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.EnumNames;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.smmu.spec.OnOffAuto;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The body of {@code POST /vsmmus/{name}/devices}. */
@Schema(name = "NewDevice")
record NewDevice(
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "PCI address on the host (GET /api/v1/hosts/local)",
            example = "0000:01:00.0")
        String hostDevice,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "StreamID that the guest will use",
            example = "0x900")
        String sid,
    @Nullable @Schema(description = "on, off or auto (the default)") String ats) {

  String givenHostDevice() {
    return ProblemException.required("hostDevice", hostDevice, "a PCI address, as in 0000:01:00.0");
  }

  int givenSid() {
    return Numbers.sid("sid", ProblemException.required("sid", sid, "a StreamID, as in 0x900"));
  }

  OnOffAuto givenAts() {
    return EnumNames.orElse("ats", ats, OnOffAuto.class, OnOffAuto.AUTO);
  }
}
