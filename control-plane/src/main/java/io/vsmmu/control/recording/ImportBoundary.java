package io.vsmmu.control.recording;

import io.vsmmu.boundary.Boundary;

/** The steps of an import. */
enum ImportBoundary implements Boundary {
  /** The whole recording is in a file, and nothing of it in the database. */
  RECEIVED,
  /** A vSMMU of the recording has its row and its name, and no event yet. */
  REGISTERED,
  /** All events are acknowledged, and no request sees the vSMMUs. */
  STORED,
  /** The vSMMUs are visible, and the client does not know it yet. */
  COMPLETED
}
