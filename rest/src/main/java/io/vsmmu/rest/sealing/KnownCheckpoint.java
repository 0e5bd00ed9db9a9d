package io.vsmmu.rest.sealing;

import io.swagger.v3.oas.annotations.Parameter;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.WholeNumber;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.MalformedNoteException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The query of {@code GET /history}: a checkpoint that was kept elsewhere, or nothing. */
record KnownCheckpoint(
    @Nullable @Parameter(description = "First line of the checkpoint") String origin,
    @Nullable @WholeNumber @Parameter(description = "Its second line") Long size,
    @Nullable @Parameter(description = "Its third line, a hash in base64") String root) {

  List<Checkpoint> given() {
    if (origin == null && size == null && root == null) {
      return List.of();
    }
    String name = ProblemException.required("origin", origin, "the first line of a checkpoint");
    String hash = ProblemException.required("root", root, "the third line of a checkpoint");
    if (size == null) {
      throw ProblemException.invalid("size", null, "the second line of a checkpoint");
    }
    try {
      return List.of(Checkpoint.parse(name + "\n" + size + "\n" + hash + "\n"));
    } catch (MalformedNoteException wrong) {
      throw ProblemException.invalid("root", hash, "32 bytes in base64: " + wrong.getMessage());
    }
  }
}
