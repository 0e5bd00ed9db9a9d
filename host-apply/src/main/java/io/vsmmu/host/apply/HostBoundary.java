package io.vsmmu.host.apply;

import io.vsmmu.boundary.Boundary;

/** The steps between the calls of a decision. */
enum HostBoundary implements Boundary {
  /** The host is about to be called. */
  CALLING,
  /** The host has done one call, which no outcome records yet. */
  CALLED
}
