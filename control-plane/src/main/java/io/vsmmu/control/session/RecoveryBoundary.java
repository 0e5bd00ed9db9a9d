package io.vsmmu.control.session;

import io.vsmmu.boundary.Boundary;

/** The steps of a start, after the log is open. */
enum RecoveryBoundary implements Boundary {
  /** Interrupted imports are found, and their vSMMUs are to be discarded. */
  DISCARDING_IMPORTS,
  /** The names of interrupted imports are free again. */
  IMPORTS_DISCARDED,
  /** The host objects of all vSMMUs are made, and no socket is announced. */
  HOST_REBUILT
}
