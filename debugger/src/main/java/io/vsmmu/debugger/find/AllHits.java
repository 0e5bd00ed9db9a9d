package io.vsmmu.debugger.find;

import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.expression.Moment;
import io.vsmmu.debugger.find.FindAnswer.Hit;
import io.vsmmu.debugger.find.FindAnswer.Run;
import io.vsmmu.projections.travel.LogEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Counts all hits and how long the condition holds from each on, and keeps as many as are wanted.
 */
final class AllHits implements HitCollector {

  private final Expression expression;
  private final int most;
  private final boolean newest;
  private final IntervalCounts counts;
  private final boolean continues;
  private final Deque<Hit> hits = new ArrayDeque<>();

  private long found;
  private long holding;
  private @Nullable Run continued;

  /** The hit whose run goes on, if it is wanted. */
  private @Nullable Hit open;

  /** The last event of the run that goes on; null if none does. */
  private @Nullable LogEvent last;

  private long length;
  private boolean ofEarlierPart;

  /**
   * @param counts of the wanted intervals, all 0
   * @param continues whether a run of an earlier part may go on in this one
   */
  AllHits(FindQuery query, IntervalCounts counts, boolean continues) {
    this.expression = query.expression();
    this.most = query.hits();
    this.newest = query.newest();
    this.counts = counts;
    this.continues = continues;
  }

  @Override
  public boolean take(LogEvent event, Moment moment, boolean holds, boolean begins) {
    if (last != null && (!holds || begins)) {
      close();
    }
    if (holds) {
      if (last == null) {
        open(event, moment, begins);
      }
      last = event;
      length++;
      holding++;
      counts.countHolding(event.position());
    }
    return true;
  }

  private void open(LogEvent event, Moment moment, boolean begins) {
    ofEarlierPart = continues && !begins;
    if (ofEarlierPart) {
      return;
    }
    found++;
    counts.countFound(event.position());
    if (most > 0 && (newest || hits.size() < most)) {
      open = HitCollector.hit(expression, event, moment);
    }
  }

  private void close() {
    LogEvent end = last;
    if (end == null) {
      return;
    }
    Run run = new Run(end.position(), end.time(), length);
    if (ofEarlierPart) {
      continued = run;
    } else if (open != null) {
      hits.addLast(open.with(run));
      if (hits.size() > most) {
        hits.removeFirst();
      }
    }
    open = null;
    last = null;
    length = 0;
    ofEarlierPart = false;
  }

  @Override
  public Found found() {
    boolean endsWithHit = open != null || (last == null && !hits.isEmpty() && newestKept());
    close();
    return new Found(List.copyOf(hits), found, holding, endsWithHit, continued, counts);
  }

  /** Whether no later hit than the last of {@link #hits} was counted. */
  private boolean newestKept() {
    return newest || found == hits.size();
  }
}
