package io.vsmmu.debugger.compare;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Aligns the accesses of two logs, in one pass over both and in bounded memory.
 *
 * <p>While the two are the same, accesses are paired one by one. Where they differ, the next {@link
 * CompareLimits#WINDOW} accesses of each are compared by {@link WindowDiff}, and the alignment
 * becomes final up to the end of the last run of {@link CompareLimits#RUN} accesses that are the
 * same, or of a reset that both have; what follows is aligned again with what comes after it. If
 * there is no such run, the place where the logs are the same again is searched in the next {@link
 * CompareLimits#LOOKAHEAD} accesses. In between, accesses of the same kind are paired, so that a
 * different value is shown as such and not as an access too many and one too few.
 *
 * <p>Not thread-safe.
 */
final class Alignment {

  /** Receives the aligned accesses, in the order of both logs. */
  interface Listener {

    /** The two have the same part in the two logs; their values may differ. */
    void paired(Access a, Access b);

    void onlyInA(Access a);

    void onlyInB(Access b);

    /** The accesses before this point and those after it are aligned by a run of the same ones. */
    void joined();
  }

  /** A hash of an access by which it is aligned. */
  private interface Token {
    long of(Access access);
  }

  /** The end of the part of a window whose alignment is final. */
  private record Cut(int a, int b) {}

  private final AccessSource a;
  private final AccessSource b;
  private final AccessKeys keys;
  private final Listener listener;
  private int inARow;

  Alignment(AccessSource a, AccessSource b, AccessKeys keys, Listener listener) {
    this.a = a;
    this.b = b;
    this.keys = keys;
    this.listener = listener;
  }

  void run() {
    while (a.fill(1) > 0 && b.fill(1) > 0) {
      if (keys.same(a.get(0), b.get(0))) {
        pair();
        if (++inARow == CompareLimits.RUN) {
          listener.joined();
        }
      } else {
        inARow = 0;
        realign();
      }
    }
    rest();
  }

  private void rest() {
    while (a.fill(1) > 0) {
      listener.onlyInA(a.take());
    }
    while (b.fill(1) > 0) {
      listener.onlyInB(b.take());
    }
  }

  private void realign() {
    int inA = a.fill(CompareLimits.WINDOW);
    int inB = b.fill(CompareLimits.WINDOW);
    int[] partner = match(inA, inB, keys::tokenOfA, keys::tokenOfB);
    if (a.endsAfter(inA) && b.endsAfter(inB)) {
      follow(partner, new Cut(inA, inB));
      return;
    }
    Cut cut = lastRun(partner);
    if (cut != null) {
      listener.joined();
      follow(partner, cut);
    } else if (!bridge()) {
      // The logs have little in common here: whole windows are compared by kind.
      gap(a.fill(CompareLimits.LOOKAHEAD / 4), b.fill(CompareLimits.LOOKAHEAD / 4));
    }
  }

  private int[] match(int inA, int inB, Token tokenOfA, Token tokenOfB) {
    long[] tokensOfA = new long[inA];
    for (int i = 0; i < inA; i++) {
      tokensOfA[i] = tokenOfA.of(a.get(i));
    }
    long[] tokensOfB = new long[inB];
    for (int i = 0; i < inB; i++) {
      tokensOfB[i] = tokenOfB.of(b.get(i));
    }
    return WindowDiff.match(tokensOfA, tokensOfB);
  }

  /** The end of the last run that makes an alignment final; null if there is none. */
  private @Nullable Cut lastRun(int[] partner) {
    int run = 0;
    for (int i = partner.length - 1; i >= 0; i--) {
      if (partner[i] == WindowDiff.NONE) {
        run = 0;
        continue;
      }
      boolean continues = run > 0 && partner[i + 1] == partner[i] + 1;
      run = continues ? run + 1 : 1;
      if (run == CompareLimits.RUN || a.get(i).kind().anchors()) {
        int end = i + run - 1;
        return new Cut(end + 1, partner[end] + 1);
      }
    }
    return null;
  }

  /** Hands over what is before the cut: pairs, and between them what has no counterpart. */
  private void follow(int[] partner, Cut cut) {
    int atA = 0;
    int atB = 0;
    for (int i = 0; i < cut.a(); i++) {
      int j = partner[i];
      if (j != WindowDiff.NONE && j < cut.b()) {
        gap(i - atA, j - atB);
        pair();
        atA = i + 1;
        atB = j + 1;
      }
    }
    gap(cut.a() - atA, cut.b() - atB);
  }

  /** Aligns the next accesses, which are not the same, by their kinds. */
  private void gap(int inA, int inB) {
    int leftA = inA;
    int leftB = inB;
    while (leftA > 0 && leftB > 0) {
      int windowA = Math.min(leftA, CompareLimits.WINDOW);
      int windowB = Math.min(leftB, CompareLimits.WINDOW);
      int[] partner = match(windowA, windowB, Access::what, Access::what);
      Cut last = windowA == leftA && windowB == leftB ? null : lastRun(partner);
      Cut cut = last == null ? new Cut(windowA, windowB) : last;
      byKind(partner, cut);
      leftA -= cut.a();
      leftB -= cut.b();
    }
    takeA(leftA);
    takeB(leftB);
  }

  private void byKind(int[] partner, Cut cut) {
    int atA = 0;
    int atB = 0;
    for (int i = 0; i < cut.a(); i++) {
      int j = partner[i];
      if (j != WindowDiff.NONE && j < cut.b()) {
        takeA(i - atA);
        takeB(j - atB);
        pair();
        atA = i + 1;
        atB = j + 1;
      }
    }
    takeA(cut.a() - atA);
    takeB(cut.b() - atB);
  }

  private void takeA(int number) {
    for (int i = 0; i < number; i++) {
      listener.onlyInA(a.take());
    }
  }

  private void takeB(int number) {
    for (int i = 0; i < number; i++) {
      listener.onlyInB(b.take());
    }
  }

  private void pair() {
    listener.paired(a.take(), b.take());
  }

  /**
   * Goes to the nearest place where {@link CompareLimits#BRIDGE} accesses in a row are the same.
   *
   * @return false if there is none within {@link CompareLimits#LOOKAHEAD} accesses
   */
  private boolean bridge() {
    for (int size = 4 * CompareLimits.WINDOW; size <= CompareLimits.LOOKAHEAD; size *= 2) {
      int inA = a.fill(size);
      int inB = b.fill(size);
      Cut place = nearest(inA, inB);
      if (place != null) {
        gap(place.a(), place.b());
        listener.joined();
        return true;
      }
      if (a.endsAfter(inA) && b.endsAfter(inB)) {
        return false;
      }
    }
    return false;
  }

  private @Nullable Cut nearest(int inA, int inB) {
    Map<Long, Integer> firstInA = new HashMap<>();
    for (int i = 0; i + CompareLimits.BRIDGE <= inA; i++) {
      firstInA.putIfAbsent(gram(a, i, keys::tokenOfA), i);
    }
    Cut nearest = null;
    for (int j = 0; j + CompareLimits.BRIDGE <= inB; j++) {
      if (nearest != null && j >= nearest.a() + nearest.b()) {
        break;
      }
      Integer i = firstInA.get(gram(b, j, keys::tokenOfB));
      if (i != null && (nearest == null || i + j < nearest.a() + nearest.b())) {
        nearest = new Cut(i, j);
      }
    }
    return nearest;
  }

  private static long gram(AccessSource source, int from, Token token) {
    long hash = 0;
    for (int i = from; i < from + CompareLimits.BRIDGE; i++) {
      hash = hash * 31 + token.of(source.get(i));
    }
    return hash;
  }
}
