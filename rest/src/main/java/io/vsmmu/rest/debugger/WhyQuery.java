package io.vsmmu.rest.debugger;

import io.swagger.v3.oas.annotations.Parameter;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.GivenPosition;
import io.vsmmu.rest.value.Numbers;
import io.vsmmu.rest.value.Unsigned;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code GET /vsmmus/{name}/why}. */
record WhyQuery(
    @Parameter(
            description =
                "Position of an event, or a bookmark; with path or iova the position up to which"
                    + " the log is looked at, by default that of the newest event")
        @Nullable GivenPosition position,
    @Parameter(
            description = "A value of the state, whose last change is wanted",
            example = "streams[\"0x900\"].ste[0]")
        @Nullable String path,
    @Parameter(description = "The input address of a device's transaction", example = "0xfffff000")
        @Unsigned(bits = Numbers.ADDRESS_BITS)
        @Nullable Long iova,
    @Parameter(description = "With iova: the device's StreamID") @Unsigned(bits = Numbers.SID_BITS)
        @Nullable Integer sid,
    @Parameter(description = "With iova: the ASID of its context descriptor")
        @Unsigned(bits = Numbers.ASID_BITS)
        @Nullable Integer asid,
    @Parameter(
            description =
                "Whether every step of a chain is wanted, up to 8192. By default a chain has the"
                    + " first 8 commands, records, streams and calls of each kind, those that were"
                    + " asked for and those that failed, and the numbers of the others")
        @Nullable Boolean all) {

  /** Whether every step of a chain is wanted. */
  boolean whole() {
    return Boolean.TRUE.equals(all);
  }

  /**
   * Checks that the parameters are one question.
   *
   * @throws ProblemException if they are none, or several
   */
  void check() {
    if (path != null && iova != null) {
      throw ProblemException.invalid(
          "path", path, "nothing together with iova: these are two questions");
    }
    if (iova == null && (sid != null || asid != null)) {
      throw ProblemException.of(
          ProblemType.MISSING_FIELD, "iova", null, "the address that sid and asid belong to");
    }
    if (path == null && iova == null && position == null) {
      throw ProblemException.of(
          ProblemType.MISSING_FIELD,
          "position",
          null,
          "the position of an event, unless path or iova is given");
    }
  }
}
