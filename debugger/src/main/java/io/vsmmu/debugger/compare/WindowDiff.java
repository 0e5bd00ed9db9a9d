package io.vsmmu.debugger.compare;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.text.diff.CommandVisitor;
import org.apache.commons.text.diff.StringsComparator;

/**
 * The shortest edit script between two short sequences of tokens, by Myers' algorithm (E. Myers, An
 * O(ND) Difference Algorithm and Its Variations, 1986) of Commons Text, which compares characters:
 * each token of the two sequences becomes one.
 */
final class WindowDiff {

  /** An element without a counterpart. */
  static final int NONE = -1;

  private WindowDiff() {}

  /**
   * The elements that both sequences have, in the same order.
   *
   * @param a at most 30,000 tokens, as {@code b}
   * @return for each element of {@code a} the index of its counterpart, or {@link #NONE}
   */
  static int[] match(long[] a, long[] b) {
    int[] partner = new int[a.length];
    Arrays.fill(partner, NONE);
    Map<Long, Character> alphabet = new HashMap<>();
    String first = text(a, alphabet);
    int shared = alphabet.size();
    String second = text(b, alphabet);
    if (shared + distinct(second) == alphabet.size()) {
      // They have no token in common, for which the algorithm would take longest.
      return partner;
    }
    new StringsComparator(first, second).getScript().visit(new Recorder(partner));
    return partner;
  }

  private static long distinct(String text) {
    return text.chars().distinct().count();
  }

  private static String text(long[] tokens, Map<Long, Character> alphabet) {
    char[] text = new char[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      Character known = alphabet.get(tokens[i]);
      if (known == null) {
        known = (char) (alphabet.size() + 1);
        alphabet.put(tokens[i], known);
      }
      text[i] = known;
    }
    return new String(text);
  }

  /** Follows an edit script and writes down which elements it keeps. */
  private static final class Recorder implements CommandVisitor<Character> {

    private final int[] partner;
    private int inA;
    private int inB;

    Recorder(int[] partner) {
      this.partner = partner;
    }

    @Override
    public void visitKeepCommand(Character element) {
      partner[inA++] = inB++;
    }

    @Override
    public void visitDeleteCommand(Character element) {
      inA++;
    }

    @Override
    public void visitInsertCommand(Character element) {
      inB++;
    }
  }
}
