package io.vsmmu.rest.sealing;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.vsmmu.db.log.RegisteredVsmmu;
import io.vsmmu.db.seal.EventProof;
import io.vsmmu.db.seal.SealedTree;
import io.vsmmu.db.seal.Sealer;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.problem.ProblemType;
import io.vsmmu.rest.value.WholeNumber;
import io.vsmmu.rest.vsmmu.VsmmuDirectory;
import io.vsmmu.transparency.NoteSignature;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.VerifierKey;
import java.util.Base64;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Checkpoints and proofs: {@code /checkpoints}. Texts are those of C2SP's specifications. */
@RestController
@RequestMapping(path = "/api/v1/checkpoints")
@Tag(name = "Sealing")
class CheckpointController {

  private static final String TEXT = MediaType.TEXT_PLAIN_VALUE + ";charset=UTF-8";

  private final Sealer sealer;
  private final SealedTree tree;
  private final VsmmuDirectory directory;

  CheckpointController(Sealer sealer, SealedTree tree, VsmmuDirectory directory) {
    this.sealer = sealer;
    this.tree = tree;
    this.directory = directory;
  }

  @GetMapping(path = "/key", produces = TEXT)
  @Operation(
      operationId = "checkpointKey",
      summary = "The key that verifies the log's checkpoints",
      description =
          "A verifier key (c2sp.org/signed-note). Get it in another way, too: who changes the past"
              + " may change this answer.")
  String key() {
    return sealer.key() + "\n";
  }

  @GetMapping(path = "/latest", produces = TEXT)
  @Operation(
      operationId = "latestCheckpoint",
      summary = "The newest checkpoint, with the cosignatures of its witnesses",
      description = "A signed note (c2sp.org/tlog-checkpoint). Its size is a number of segments.")
  String latest() {
    return checkpoint(tree.size()).toString();
  }

  @GetMapping(path = "/{size}", produces = TEXT)
  @Operation(
      operationId = "checkpoint",
      summary = "The checkpoint of a size, with the cosignatures of its witnesses")
  String bySize(@PathVariable @WholeNumber long size) {
    return checkpoint(size).toString();
  }

  private SignedNote checkpoint(long size) {
    return tree.checkpoint(size)
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.NOT_FOUND,
                    "size",
                    String.valueOf(size),
                    size == 0
                        ? "a checkpoint; the first one follows some seconds after the first event"
                        : "a size of which there is a checkpoint; the newest has " + tree.size()));
  }

  /** The proof that one tree continues another. */
  @Schema(name = "ConsistencyProof")
  record ConsistencyResource(
      long from,
      long size,
      @Schema(description = "Hashes of 32 bytes in base64, as in RFC 9162, 2.1.4")
          List<String> hashes) {}

  @GetMapping(path = "/{size}/consistency", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      operationId = "consistencyProof",
      summary = "The proof that a checkpoint continues an earlier one")
  ConsistencyResource consistency(
      @PathVariable @WholeNumber long size,
      @Parameter(description = "Size of the earlier checkpoint") @RequestParam @WholeNumber
          long from) {
    checkpoint(size);
    if (from > size) {
      throw ProblemException.invalid("from", String.valueOf(from), "0 to " + size);
    }
    return new ConsistencyResource(from, size, base64(tree.consistency(from, size)));
  }

  @GetMapping(path = "/{size}/segments/{index}", produces = TEXT)
  @Operation(
      operationId = "segmentProof",
      summary = "A sealed segment with the proof that a checkpoint has it",
      description =
          "A c2sp.org/tlog-proof, whose extra data are the segment's leaf. With the events of the"
              + " segment it is verified without the service.")
  String segment(@PathVariable @WholeNumber long size, @PathVariable @WholeNumber long index) {
    checkpoint(size);
    return tree.segment(index, size)
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.NOT_FOUND, "index", String.valueOf(index), "0 to " + (size - 1)))
        .toString();
  }

  @GetMapping(path = "/{size}/vsmmus/{name:[^:]+}", produces = TEXT)
  @Operation(
      operationId = "vsmmuProof",
      summary = "The newest segment of a checkpoint with the head of a vSMMU's chain",
      description =
          "A c2sp.org/tlog-proof. It proves every event of an exported log up to that head"
              + " (./vsmmu verify FILE --proof PROOF).")
  String vsmmu(@PathVariable @WholeNumber long size, @PathVariable String name) {
    checkpoint(size);
    RegisteredVsmmu vsmmu = directory.find(name);
    return tree.vsmmu(vsmmu, size)
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.NOT_IN_LOG,
                    "size",
                    String.valueOf(size),
                    "a checkpoint that has events of " + vsmmu.name()))
        .toString();
  }

  /** The proof that a checkpoint has an event. */
  @Schema(name = "EventProof")
  record EventProofResource(
      long position,
      @Schema(
              description =
                  "The bytes of the event that are hashed, in base64: position, aggregate id,"
                      + " sequence, time, type, cause, subject, payload, hash")
          String event,
      @Schema(description = "Its leaf in the tree of its segment's events, from 0") long index,
      @Schema(description = "How many leaves that tree has") long events,
      @Schema(description = "From that leaf to the root of the segment's events, in base64")
          List<String> path,
      @Schema(description = "The segment's c2sp.org/tlog-proof") String segment) {

    static EventProofResource of(long position, EventProof proof) {
      return new EventProofResource(
          position,
          Base64.getEncoder().encodeToString(proof.event()),
          proof.index(),
          proof.events(),
          base64(proof.path()),
          proof.segment().toString());
    }
  }

  @GetMapping(path = "/{size}/events/{position}", produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(operationId = "eventProof", summary = "The proof that a checkpoint has an event")
  EventProofResource event(
      @PathVariable @WholeNumber long size, @PathVariable @WholeNumber(first = 1) long position) {
    checkpoint(size);
    return tree.event(position, size)
        .map(proof -> EventProofResource.of(position, proof))
        .orElseThrow(
            () ->
                ProblemException.of(
                    ProblemType.NOT_IN_LOG,
                    "position",
                    String.valueOf(position),
                    "a position that the checkpoint covers"));
  }

  private static List<String> base64(List<byte[]> hashes) {
    return hashes.stream().map(Base64.getEncoder()::encodeToString).toList();
  }

  @PostMapping(
      path = "/{size}/cosignatures",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = TEXT)
  @Operation(
      operationId = "cosignCheckpoint",
      summary = "Keeps the cosignature of a witness with a checkpoint",
      description =
          "The service verifies that the signature is one of the given key, and not whose key that"
              + " is.")
  @ApiResponse(responseCode = "200", description = "The checkpoint with all its cosignatures")
  String cosign(@PathVariable @WholeNumber long size, @RequestBody NewCosignature given) {
    SignedNote note = checkpoint(size);
    VerifierKey witness = given.givenWitness();
    NoteSignature signature = given.givenSignature(note, witness);
    if (!tree.cosign(size, witness, signature)) {
      throw ProblemException.plain(
          ProblemType.CONFLICT, "The checkpoint has cosignatures of other witnesses enough");
    }
    return checkpoint(size).toString();
  }
}
