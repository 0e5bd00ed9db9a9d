package io.vsmmu.gateway;

import io.vsmmu.boundary.Boundary;

/** The steps of a decision, after it was written. */
enum SessionBoundary implements Boundary {
  /** A decision is acknowledged by the log, and the host has none of it. */
  LOGGED,
  /** The host has all of a decision, and neither the log nor the guest knows the outcome. */
  APPLIED,
  /** The guest sees the effect of a decision, whose outcome may not be in the log. */
  SHOWN,
  /** The log has the outcome of a decision, and the guest may not have seen it. */
  OUTCOME_RECORDED
}
