package io.vsmmu.projections.lint;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;
import org.jspecify.annotations.Nullable;

/**
 * One event between two states.
 *
 * @param latest the latest stimulus event, this one included; null before the first one
 */
record ObservedEvent(LogEvent at, VsmmuState before, VsmmuState after, @Nullable LogEvent latest) {

  long position() {
    return at.position();
  }

  VsmmuEvent event() {
    return at.event();
  }

  /** Position of the latest stimulus event, this one included; 0 before the first one. */
  long stimulus() {
    return latest == null ? 0 : latest.position();
  }

  /** The latest stimulus event, this one included; null before the first one. */
  @Nullable VsmmuEvent stimulusEvent() {
    return latest == null ? null : latest.event();
  }
}
