package io.vsmmu.rest.history;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.EventDatabase;
import io.vsmmu.db.log.ChainVerdict;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The verification of a log: {@code /vsmmus/{name}/chain}. */
@RestController
@RequestMapping(path = "/api/v1/vsmmus/{name:[^:]+}/chain", produces = "application/json")
@Tag(name = "Events")
class ChainController {

  private final VsmmuDirectory directory;
  private final EventDatabase database;

  ChainController(VsmmuDirectory directory, EventDatabase database) {
    this.directory = directory;
    this.database = database;
  }

  @Schema(name = "Chain", description = "The hash chain over the events of a vSMMU")
  record ChainResource(
      @Schema(description = "Whether every event is the one that was appended") boolean intact,
      @Schema(description = "How many events are intact, from the first on") long events,
      @Schema(
              description =
                  "Sequence of the first event that the chain covers: 0, unless the log is an"
                      + " imported part of another one")
          long from,
      @Nullable @Schema(description = "The last event; null if the chain is broken") ChainHead head,
      @Nullable @Schema(description = "The first place that is not as it was appended")
          ChainBreak brokenAt) {}

  /** The last event of a vSMMU's hash chain. */
  @Schema(name = "ChainHead")
  record ChainHead(
      @Schema(description = "-1 if there is no event") long sequence,
      @Schema(description = "32 bytes in hexadecimal") String hash) {}

  /** The first event that is not as it was appended. */
  @Schema(name = "ChainBreak")
  record ChainBreak(
      long position,
      long sequence,
      @Schema(description = "EDITED, DROPPED, REORDERED, TRUNCATED or REWRITTEN") String reason) {}

  @GetMapping
  @Operation(
      operationId = "verifyChain",
      summary = "Verifies the hash chain",
      description = "Reads the whole log of the vSMMU.")
  ChainResource verify(@PathVariable String name) {
    RegisteredVsmmu vsmmu = directory.find(name);
    return switch (database.verifier().verify(vsmmu.id())) {
      case ChainVerdict.Intact intact ->
          new ChainResource(
              true,
              intact.events(),
              intact.from(),
              new ChainHead(
                  intact.head().sequence(), HexFormat.of().formatHex(intact.head().hash())),
              null);
      case ChainVerdict.Broken broken ->
          new ChainResource(
              false,
              broken.sequence() - broken.first(),
              broken.from(),
              null,
              new ChainBreak(broken.position(), broken.sequence(), broken.reason().name()));
    };
  }
}
