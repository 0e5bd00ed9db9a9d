package io.vsmmu.debugger.step;

import io.vsmmu.projections.query.EventItem;
import org.jspecify.annotations.Nullable;

/** The outcome of a step. */
public sealed interface Step {

  /**
   * A step that led somewhere.
   *
   * @param entry index of the command within its slice; null unless the unit is a command
   */
  record Reached(EventItem item, @Nullable Integer entry) implements Step {}

  /**
   * There is none in this direction.
   *
   * @param position of the last event that was looked at: the end of the vSMMU's log, or the place
   *     from which a further step can continue
   * @param whole whether the log was searched to its end
   */
  record Nowhere(long position, boolean whole) implements Step {}
}
