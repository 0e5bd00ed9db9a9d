package io.vsmmu.transparency;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A proof that a leaf is in a log, to be verified without the log (c2sp.org/tlog-proof, v1). Its
 * extra data are the leaf's bytes.
 *
 * @param leaf the leaf's bytes; not copied
 * @param index of the leaf, from 0
 * @param path the inclusion proof, from the leaf's sibling upwards
 * @param checkpoint of the tree that has the leaf
 */
public record TlogProof(byte[] leaf, long index, List<byte[]> path, SignedNote checkpoint) {

  private static final String HEAD = "c2sp.org/tlog-proof@v1\n";
  private static final String EXTRA = "extra ";
  private static final String INDEX = "index ";

  public TlogProof {
    path = List.copyOf(path);
  }

  /**
   * Reads a proof, whose leaf must be with it.
   *
   * @throws MalformedNoteException if it does not have the format
   */
  public static TlogProof parse(String text) throws MalformedNoteException {
    int blank = text.indexOf("\n\n");
    if (!text.startsWith(HEAD) || blank < 0 || text.length() > TransparencyLimits.PROOF_CHARS) {
      throw new MalformedNoteException(
          "a proof begins with %s and has a checkpoint".formatted(HEAD.strip()));
    }
    List<String> lines =
        List.of(text.substring(HEAD.length(), Math.max(blank, HEAD.length())).split("\n", -1));
    if (lines.size() < 2
        || !lines.get(0).startsWith(EXTRA)
        || !lines.get(1).startsWith(INDEX)
        || lines.size() > 2 + TransparencyLimits.PROOF_HASHES) {
      throw new MalformedNoteException("a proof has the lines extra, index and at most 63 hashes");
    }
    List<byte[]> path = new ArrayList<>();
    for (String line : lines.subList(2, lines.size())) {
      path.add(Base64Text.hash(line, "a hash of the proof"));
    }
    return new TlogProof(
        Base64Text.decode(lines.get(0).substring(EXTRA.length()), "the leaf"),
        Checkpoint.size(lines.get(1).substring(INDEX.length())),
        path,
        SignedNote.parse(text.substring(blank + 2)));
  }

  /**
   * Whether the leaf is in the tree of the proof's checkpoint. Its signatures are not verified.
   *
   * @throws MalformedNoteException if the note is no checkpoint
   */
  public boolean holds() throws MalformedNoteException {
    Checkpoint head = Checkpoint.parse(checkpoint.text());
    return ProofCheck.included(new TreeHasher().leaf(leaf), index, head.size(), path, head.root());
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    Base64.Encoder base64 = Base64.getEncoder();
    StringBuilder text = new StringBuilder(HEAD);
    text.append(EXTRA).append(base64.encodeToString(leaf)).append('\n');
    text.append(INDEX).append(index).append('\n');
    path.forEach(hash -> text.append(base64.encodeToString(hash)).append('\n'));
    return text.append('\n').append(checkpoint).toString();
  }
}
