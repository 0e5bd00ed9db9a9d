package io.vsmmu.rest.host;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.NumberText;
import io.vsmmu.rest.value.Numbers;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * The body of {@code POST /hosts/local/devices}: a vfio device file that another process has open.
 */
@Schema(name = "NewHostDeviceDescriptor")
record NewDescriptor(
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            type = "integer",
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "The process",
            example = "4711")
        String pid,
    @Nullable
        @JsonDeserialize(using = NumberText.class)
        @Schema(
            type = "integer",
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "The descriptor, as the process numbers it",
            example = "23")
        String fd) {

  int givenPid() {
    return given("pid", pid, 1, "a pid, as in 4711");
  }

  int givenFd() {
    return given("fd", fd, 0, "a descriptor of the process, as in 23");
  }

  /** A required number of at least {@code first}. */
  static int given(String field, @Nullable String text, int first, String allowed) {
    return (int)
        Numbers.between(
            field, ProblemException.required(field, text, allowed), first, Integer.MAX_VALUE);
  }
}
