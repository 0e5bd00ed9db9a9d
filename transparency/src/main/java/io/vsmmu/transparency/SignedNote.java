package io.vsmmu.transparency;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A text with signatures (c2sp.org/signed-note). Nothing is known of the text before a signature of
 * a trusted key is verified.
 *
 * @param text what is signed, with the newline at its end
 * @param signatures in the order of their lines
 */
public record SignedNote(String text, List<NoteSignature> signatures) {

  public SignedNote {
    signatures = List.copyOf(signatures);
  }

  /**
   * Reads a note.
   *
   * @throws MalformedNoteException if it does not have the format, or exceeds a limit
   */
  public static SignedNote parse(String note) throws MalformedNoteException {
    if (note.length() > TransparencyLimits.NOTE_BYTES
        || note.getBytes(StandardCharsets.UTF_8).length > TransparencyLimits.NOTE_BYTES) {
      throw new MalformedNoteException(
          "a note has at most %d bytes".formatted(TransparencyLimits.NOTE_BYTES));
    }
    if (note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new MalformedNoteException("a note has no control characters but newlines");
    }
    int blank = note.lastIndexOf("\n\n");
    if (blank < 0 || !note.endsWith("\n") || blank + 2 == note.length()) {
      throw new MalformedNoteException("a note is a text, an empty line and signature lines");
    }
    List<NoteSignature> signatures = new ArrayList<>();
    for (String line : note.substring(blank + 2, note.length() - 1).split("\n", -1)) {
      if (signatures.size() == TransparencyLimits.NOTE_SIGNATURES) {
        throw new MalformedNoteException(
            "a note has at most %d signatures".formatted(TransparencyLimits.NOTE_SIGNATURES));
      }
      signatures.add(NoteSignature.parse(line));
    }
    return new SignedNote(note.substring(0, blank + 1), signatures);
  }

  /**
   * Reads the notes of a file in which each begins behind the last signature line of the one
   * before.
   *
   * @throws MalformedNoteException if one of them does not have the format
   */
  public static List<SignedNote> parseAll(String file) throws MalformedNoteException {
    List<SignedNote> notes = new ArrayList<>();
    StringBuilder note = new StringBuilder();
    boolean signed = false;
    for (String line : file.split("(?<=\n)", -1)) {
      boolean signature = line.startsWith(NoteSignature.PREFIX);
      if (signed && !signature) {
        notes.add(parse(note.toString()));
        note.setLength(0);
      }
      signed = signature;
      note.append(line);
    }
    if (!note.isEmpty()) {
      notes.add(parse(note.toString()));
    }
    return notes;
  }

  /**
   * Whether a key signed the text: every signature that names the key verifies, and there is one.
   */
  public boolean isSignedBy(VerifierKey key) {
    List<NoteSignature> own = signatures.stream().filter(key::isNamedBy).toList();
    return !own.isEmpty() && own.stream().allMatch(one -> key.verifies(text, one));
  }

  /** The whole note, as {@link #parse} reads it. */
  @Override
  public String toString() {
    StringBuilder note = new StringBuilder(text).append('\n');
    signatures.forEach(signature -> note.append(signature.line()));
    return note.toString();
  }
}
