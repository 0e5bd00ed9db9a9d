package io.vsmmu.debugger.find;

import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.expression.Moment;
import io.vsmmu.debugger.find.FindAnswer.Hit;
import io.vsmmu.projections.travel.LogEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the first or the last event that is wanted. */
final class OneHit implements HitCollector {

  private final Expression expression;
  private final FindMode mode;
  private final IntervalCounts counts;
  private @Nullable LogEvent wanted;
  private @Nullable Moment wantedMoment;

  /**
   * @param counts of no interval
   */
  OneHit(Expression expression, FindMode mode, IntervalCounts counts) {
    this.expression = expression;
    this.mode = mode;
    this.counts = counts;
  }

  @Override
  public boolean take(LogEvent event, Moment moment, boolean holds, boolean begins) {
    if (mode.wantsBegin() ? begins : holds) {
      wanted = event;
      wantedMoment = moment;
      return mode.backward();
    }
    return true;
  }

  @Override
  public Found found() {
    List<Hit> hits =
        wanted == null || wantedMoment == null
            ? List.of()
            : List.of(HitCollector.hit(expression, wanted, wantedMoment));
    return new Found(hits, hits.size(), 0, false, null, counts);
  }
}
