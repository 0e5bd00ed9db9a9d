package io.vsmmu.transparency;

import java.util.Arrays;
import java.util.Base64;

/**
 * The head of a tree (c2sp.org/tlog-checkpoint): the text of a signed note with the lines origin,
 * size and root. Extension lines are read and ignored; none is written.
 *
 * @param origin name of the log
 * @param size number of leaves, from 0
 * @param root 32 bytes; not copied
 */
public record Checkpoint(String origin, long size, byte[] root) {

  private static final int LINES = 3;

  /**
   * Reads the text of a note.
   *
   * @throws MalformedNoteException if it is no checkpoint
   */
  public static Checkpoint parse(String text) throws MalformedNoteException {
    String[] lines = text.split("\n", -1);
    if (lines.length <= LINES || !lines[lines.length - 1].isEmpty()) {
      throw new MalformedNoteException("a checkpoint has the lines origin, size and root");
    }
    for (int i = 0; i < lines.length - 1; i++) {
      if (lines[i].isEmpty()) {
        throw new MalformedNoteException("a checkpoint has no empty lines");
      }
    }
    return new Checkpoint(lines[0], size(lines[1]), Base64Text.hash(lines[2], "a root hash"));
  }

  static long size(String decimal) throws MalformedNoteException {
    if (decimal.matches("0|[1-9][0-9]{0,18}")) {
      try {
        return Long.parseLong(decimal);
      } catch (NumberFormatException tooLarge) {
        throw new MalformedNoteException(decimal + " is more than 2^63 - 1");
      }
    }
    throw new MalformedNoteException("'%s' is no decimal number".formatted(decimal));
  }

  /** The text that is signed. */
  public String text() {
    return origin + '\n' + size + '\n' + Base64.getEncoder().encodeToString(root) + '\n';
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Checkpoint that
        && origin.equals(that.origin)
        && size == that.size
        && Arrays.equals(root, that.root);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(size) * 31 + Arrays.hashCode(root);
  }
}
