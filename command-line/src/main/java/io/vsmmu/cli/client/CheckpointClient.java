package io.vsmmu.cli.client;

import io.vsmmu.cli.output.ExitCode;
import io.vsmmu.cli.output.Failure;
import io.vsmmu.transparency.Checkpoint;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.NoteSignature;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.TransparencyLimits;
import io.vsmmu.transparency.VerifierKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks a service for checkpoints and proofs, and believes none of its answers: what does not have
 * its format is a {@link Failure} with {@link ExitCode#UNREACHABLE}, as of a program that is no
 * service.
 */
public final class CheckpointClient {

  private static final String CHECKPOINTS = "/checkpoints/";

  private final ServiceClient service;

  public CheckpointClient(ServiceClient service) {
    this.service = service;
  }

  /** The newest checkpoint that the service shows. */
  public SignedNote latest() {
    try {
      SignedNote note = SignedNote.parse(text("latest", TransparencyLimits.NOTE_BYTES));
      Checkpoint.parse(note.text());
      return note;
    } catch (MalformedNoteException wrong) {
      throw foreign("its newest checkpoint is none: " + wrong.getMessage(), wrong);
    }
  }

  /** The key that the service says is that of its log. */
  public VerifierKey key() {
    try {
      return VerifierKey.parse(text("key", TransparencyLimits.NOTE_BYTES).strip());
    } catch (MalformedNoteException wrong) {
      throw foreign("its key is none: " + wrong.getMessage(), wrong);
    }
  }

  /** The proof that the service has for the tree of one size being continued by another. */
  public List<byte[]> consistency(long from, long size) {
    JsonNode answer =
        service.get("%s%d/consistency?from=%d".formatted(CHECKPOINTS, size, from)).body();
    List<byte[]> hashes = new ArrayList<>();
    try {
      for (JsonNode hash : answer.path("hashes")) {
        if (hashes.size() == TransparencyLimits.PROOF_HASHES) {
          throw foreign("its proof has too many hashes", null);
        }
        hashes.add(Base64.getDecoder().decode(hash.asString()));
      }
      return hashes;
    } catch (IllegalArgumentException notBase64) {
      throw foreign("its proof is not base64", notBase64);
    }
  }

  /** The proof (c2sp.org/tlog-proof) that the newest checkpoint has the head of a vSMMU. */
  public String proof(String vsmmu) {
    try {
      long size = Checkpoint.parse(latest().text()).size();
      return text(size + "/vsmmus/" + UrlQuery.segment(vsmmu), TransparencyLimits.PROOF_CHARS);
    } catch (MalformedNoteException wrong) {
      throw foreign("its newest checkpoint is none", wrong);
    }
  }

  /** Gives a cosignature to the service. */
  public void cosign(long size, VerifierKey witness, NoteSignature signature) {
    ObjectNode body = ServiceClient.JSON.createObjectNode();
    body.put("witness", witness.toString()).put("line", signature.line());
    service.send("%s%d/cosignatures".formatted(CHECKPOINTS, size), body);
  }

  private String text(String path, int most) {
    try (InputStream in = service.download(CHECKPOINTS + path)) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw foreign("its answer has more than %d bytes".formatted(most), null);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException brokenOff) {
      throw foreign("its answer broke off: " + brokenOff.getMessage(), brokenOff);
    }
  }

  private static Failure foreign(String how, @Nullable Throwable cause) {
    return new Failure(ExitCode.UNREACHABLE, "The service does not answer as one: " + how, cause);
  }
}
