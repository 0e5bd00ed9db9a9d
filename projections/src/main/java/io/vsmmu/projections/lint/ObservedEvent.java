package io.vsmmu.projections.lint;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import org.jspecify.annotations.Nullable;

/**
 * An event with the states before and after it.
 *
 * @param latest the latest stimulus event up to and including this event; null before the first one
 */
record ObservedEvent(LogEvent at, VsmmuState before, VsmmuState after, @Nullable LogEvent latest) {

  long position() {
    return at.position();
  }

  /** When it was recorded, in microseconds since 1970. */
  long micros() {
    return at.stored().timeMicros();
  }

  VsmmuEvent event() {
    return at.event();
  }

  /** Position of the latest stimulus event, 0 before the first one. */
  long stimulus() {
    return latest == null ? 0 : latest.position();
  }

  /** The latest stimulus event, null before the first one. */
  @Nullable VsmmuEvent stimulusEvent() {
    return latest == null ? null : latest.event();
  }
}
