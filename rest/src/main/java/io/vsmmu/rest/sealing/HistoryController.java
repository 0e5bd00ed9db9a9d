package io.vsmmu.rest.sealing;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.seal.HistoryVerdict;
import io.vsmmu.db.seal.HistoryVerifier;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.transparency.Checkpoint;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The verification of the whole history: {@code /history}. */
@RestController
@RequestMapping(path = "/api/v1/history", produces = "application/json")
@Tag(name = "Sealing")
class HistoryController {

  /** Verifications at the same time; a further one is refused with TOO_BUSY. */
  static final int VERIFICATIONS = 1;

  private final HistoryVerifier verifier;
  private final Semaphore room = new Semaphore(VERIFICATIONS);

  HistoryController(HistoryVerifier verifier) {
    this.verifier = verifier;
  }

  /** What was found. */
  @Schema(name = "History", description = "The whole log, computed from its rows")
  record HistoryResource(
      @Schema(description = "INTACT, BROKEN, DIVERGED or SHORTER") String verdict,
      @Schema(description = "How many events are as their chains say, from the first position on")
          long events,
      @Schema(description = "How many segments are as they were sealed") long segments,
      @Schema(description = "The last position of them") long sealed,
      @Schema(description = "The last position that the given checkpoint covers; 0 without one")
          long covered,
      @Nullable @Schema(description = "The first position that is not as it was; null if intact")
          Long position,
      @Nullable
          @Schema(
              description =
                  "POSITION_MISSING, UNREGISTERED, OUT_OF_ORDER, EDITED, SEGMENT_DIFFERS,"
                      + " REGISTRY_DIFFERS, TREE_DIFFERS or CUT; null if not broken")
          String reason,
      @Nullable @Schema(description = "What differs, for people; null if intact") String text) {

    static HistoryResource of(HistoryVerdict verdict) {
      HistoryVerdict.HistoryReach reach = verdict.reach();
      return switch (verdict) {
        case HistoryVerdict.Intact intact -> made("INTACT", reach, null, null, null);
        case HistoryVerdict.Broken broken ->
            made("BROKEN", reach, broken.position(), broken.kind().name(), broken.text());
        case HistoryVerdict.Diverged diverged ->
            made("DIVERGED", reach, null, null, diverged.text());
        case HistoryVerdict.Shorter shorter ->
            made(
                "SHORTER",
                reach,
                null,
                null,
                "the checkpoint has %d segments, and the log %d"
                    .formatted(shorter.known().size(), reach.size()));
      };
    }

    private static HistoryResource made(
        String verdict,
        HistoryVerdict.HistoryReach reach,
        @Nullable Long position,
        @Nullable String reason,
        @Nullable String text) {
      return new HistoryResource(
          verdict,
          reach.events(),
          reach.size(),
          reach.sealed(),
          reach.covered(),
          position,
          reason,
          text);
    }
  }

  @GetMapping
  @Operation(
      operationId = "verifyHistory",
      summary = "Verifies the whole log, and that a checkpoint is one of it",
      description =
          "Reads every event of every vSMMU. Who does not trust the service verifies its database"
              + " instead (./vsmmu verify --database URL).")
  HistoryResource verify(@ParameterObject KnownCheckpoint known) {
    List<Checkpoint> given = known.given();
    if (!room.tryAcquire()) {
      throw ProblemException.plain(ProblemType.TOO_BUSY, "The history is being verified already");
    }
    try {
      return HistoryResource.of(verifier.verify(given));
    } finally {
      room.release();
    }
  }
}
