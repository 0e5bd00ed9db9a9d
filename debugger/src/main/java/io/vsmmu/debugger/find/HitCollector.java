package io.vsmmu.debugger.find;

import io.vsmmu.debugger.expression.Expression;
import io.vsmmu.debugger.expression.Moment;
import io.vsmmu.debugger.find.FindAnswer.Hit;
import io.vsmmu.projections.travel.LogEvent;

/** Collects what a search looks for, from one part of a log. Used by one thread. */
interface HitCollector {

  /**
   * Takes the next event of the part.
   *
   * @param holds whether the condition holds at it
   * @param begins whether it begins to hold there
   * @return false if no later event matters
   */
  boolean take(LogEvent event, Moment moment, boolean holds, boolean begins);

  /** What was found in the part. */
  Found found();

  /** The hit of an event, without a run. */
  static Hit hit(Expression expression, LogEvent event, Moment moment) {
    return new Hit(
        event.position(),
        event.sequence(),
        event.time(),
        event.type(),
        expression.values(moment),
        null);
  }
}
