package io.vsmmu.rest.sealing;

import io.swagger.v3.oas.annotations.media.Schema;
import io.vsmmu.rest.problem.ProblemException;
import io.vsmmu.rest.value.PlainText;
import io.vsmmu.transparency.MalformedNoteException;
import io.vsmmu.transparency.NoteSignature;
import io.vsmmu.transparency.SignatureType;
import io.vsmmu.transparency.SignedNote;
import io.vsmmu.transparency.VerifierKey;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The body of {@code POST /checkpoints/{size}/cosignatures}. */
@Schema(name = "NewCosignature")
record NewCosignature(
    @Nullable
        @JsonDeserialize(using = PlainText.class)
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "Verifier key of the witness, of type 0x04",
            example = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")
        String witness,
    @Nullable
        @JsonDeserialize(using = PlainText.class)
        @Schema(
            requiredMode = Schema.RequiredMode.REQUIRED,
            description = "The signature line (c2sp.org/tlog-cosignature), with or without newline")
        String line) {

  VerifierKey givenWitness() {
    String allowed = "a verifier key of a witness, NAME+KEYID+BASE64 with type 0x04";
    String text = ProblemException.required("witness", witness, allowed);
    try {
      VerifierKey key = VerifierKey.parse(text);
      if (key.type() == SignatureType.COSIGNATURE) {
        return key;
      }
    } catch (MalformedNoteException wrong) {
      throw ProblemException.invalid("witness", text, allowed + ": " + wrong.getMessage());
    }
    throw ProblemException.invalid("witness", text, allowed);
  }

  /** The signature, which is one of the witness for the checkpoint. */
  NoteSignature givenSignature(SignedNote checkpoint, VerifierKey witness) {
    String allowed = "a cosignature of this checkpoint by " + witness.name();
    String text = ProblemException.required("line", line, allowed);
    try {
      SignedNote cosigned = SignedNote.parse(checkpoint.text() + "\n" + text.strip() + "\n");
      if (cosigned.signatures().size() == 1 && cosigned.isSignedBy(witness)) {
        return cosigned.signatures().getFirst();
      }
    } catch (MalformedNoteException wrong) {
      throw ProblemException.invalid("line", text, allowed + ": " + wrong.getMessage());
    }
    throw ProblemException.invalid("line", text, allowed);
  }
}
