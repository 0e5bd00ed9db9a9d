package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.debugger.step.StepRequest;
import io.vsmmu.debugger.step.StepUnit;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.GivenPosition;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.value.Unsigned;
import io.vsmmu.rest.value.WholeNumber;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code GET /vsmmus/{name}/step}. */
record StepQuery(
    @Parameter(
            required = true,
            description =
                "Position or bookmark that the step starts from; it need not be of an event of this"
                    + " vSMMU")
        @Nullable GivenPosition from,
    @Parameter(
            description =
                "With unit=command: index of the command within the slice at from that the step"
                    + " starts from, as an earlier step gave it")
        @WholeNumber
        @Nullable Integer entry,
    @Parameter(description = "next or previous", schema = @Schema(defaultValue = "next"))
        @Nullable Direction to,
    @Parameter(
            description = "event, access, command, stream-change, fault or doorbell",
            schema = @Schema(defaultValue = "event"))
        @Nullable StepUnit unit,
    @Parameter(description = "Only what names this StreamID", example = "0x900")
        @Unsigned(bits = Numbers.SID_BITS)
        @Nullable Integer sid) {

  enum Direction {
    NEXT,
    PREVIOUS
  }

  /**
   * The step that is asked for.
   *
   * @throws ProblemException if a parameter is missing or without a meaning
   */
  StepRequest request(VsmmuDirectory directory, RegisteredVsmmu vsmmu) {
    if (from == null) {
      throw ProblemException.of(
          ProblemType.MISSING_FIELD, "from", null, "a position of the log, as in 67");
    }
    StepUnit wanted = unit == null ? StepUnit.EVENT : unit;
    if (entry != null && wanted != StepUnit.COMMAND) {
      throw ProblemException.invalid(
          "entry", String.valueOf(entry), "nothing, unless unit is command");
    }
    long start = directory.position(vsmmu, "from", from);
    directory.checkWithinLog("from", start);
    return new StepRequest(start, entry, to != Direction.PREVIOUS, wanted, sid);
  }
}
