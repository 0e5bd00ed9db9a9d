package io.vsmmu.rest.vsmmu;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.smmu.stimulus.Stimulus;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The body of {@code POST /vsmmus/{name}/hw-queues}. */
@Schema(name = "NewHardwareQueue")
record NewHardwareQueue(
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "Which of the guest's queues: from 0, in order",
            example = "0")
        String index,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "Guest-physical address, a multiple of the size",
            example = "0x48000000")
        String address,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "Bytes, a power of two from 32 on",
            example = "65536")
        String size) {

  Stimulus.AllocateHardwareQueue given() {
    return new Stimulus.AllocateHardwareQueue(
        (int) Numbers.between("index", required("index", index), 0, Integer.MAX_VALUE),
        Numbers.unsigned("address", required("address", address), Numbers.ADDRESS_BITS),
        Numbers.unsigned("size", required("size", size), Numbers.ADDRESS_BITS));
  }

  private static String required(String field, @Nullable String text) {
    return ProblemException.required(field, text, "a number, as in 0x1000 or 4096");
  }
}
