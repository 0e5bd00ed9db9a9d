package io.vsmmu.control.replay;

import io.vsmmu.boundary.Boundary;

/** The steps of a replay. */
enum ReplayBoundary implements Boundary {
  /** One event more is replayed, on the host of the replay. */
  EVENT_REPLAYED,
  /** The whole log is replayed, and the replay does not say so yet. */
  REPLAYED
}
