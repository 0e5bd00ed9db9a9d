package io.vsmmu.debugger.find;

import io.vsmmu.debugger.find.FindAnswer.Hit;
import io.vsmmu.debugger.find.FindAnswer.Run;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Joins what was found in the parts of a log, which are added in their order. */
final class FoundSoFar {

  private final int most;
  private final boolean newest;
  private final IntervalCounts counts;
  private final Deque<Hit> hits = new ArrayDeque<>();
  private long found;
  private long holding;

  /** Whether the last of {@link #hits} is the newest of all, so that its run may go on. */
  private boolean newestKept;

  /**
   * @param counts of the wanted intervals, all 0
   */
  FoundSoFar(int most, boolean newest, IntervalCounts counts) {
    this.most = most;
    this.newest = newest;
    this.counts = counts;
  }

  void add(Found part) {
    Run continued = part.continued();
    Hit last = hits.peekLast();
    if (continued != null && last != null && newestKept) {
      Run begun = last.run();
      hits.removeLast();
      hits.addLast(
          last.with(
              new Run(
                  continued.to(),
                  continued.toTime(),
                  continued.events() + (begun == null ? 0 : begun.events()))));
    }
    for (Hit hit : part.hits()) {
      if (newest || hits.size() < most) {
        hits.addLast(hit);
        newestKept = true;
      } else {
        newestKept = false;
      }
      if (hits.size() > most) {
        hits.removeFirst();
      }
    }
    if (part.found() > 0) {
      newestKept = newestKept && part.endsWithHit();
    }
    found += part.found();
    holding += part.holding();
    counts.add(part.counts());
  }

  List<Hit> hits() {
    return List.copyOf(hits);
  }

  long found() {
    return found;
  }

  long holding() {
    return holding;
  }

  List<FindAnswer.Bucket> buckets() {
    return counts.buckets();
  }
}
