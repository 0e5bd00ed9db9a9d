package io.vsmmu.projections.lint;

import io.vsmmu.projections.travel.LogEvent;
import io.vsmmu.smmu.event.VsmmuEvent;
import io.vsmmu.smmu.model.VsmmuState;

/**
 * One event between two states.
 *
 * @param stimulus position of the latest stimulus event, this one included
 */
record Step(LogEvent at, VsmmuState before, VsmmuState after, long stimulus) {

  long position() {
    return at.position();
  }

  VsmmuEvent event() {
    return at.event();
  }
}
