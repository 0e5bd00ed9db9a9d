package io.vsmmu.rest.vm;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.control.vm.Machine;
import io.vsmmu.rest.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /vms}. */
@Schema(name = "NewVm")
record NewVm(
    @Nullable
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "1 to 63 characters of a-z, 0-9, '.', '_', '-'",
            example = "vm1")
        String name,
    @Nullable @Schema(description = "Can be given later too") MachineDescription machine) {

  String givenName() {
    return ProblemException.required("name", name, "the name of the new VM");
  }

  Machine givenMachine() {
    return MachineDescription.given(machine);
  }
}
