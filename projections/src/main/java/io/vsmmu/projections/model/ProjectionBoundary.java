package io.vsmmu.projections.model;

import io.vsmmu.boundary.Boundary;

/** The steps of a batch of projected events. */
enum ProjectionBoundary implements Boundary {
  /** A snapshot is committed, and the batch with its event is not. */
  SNAPSHOT_STORED,
  /** All rows of a batch are written, with the position that they cover, and not committed. */
  WRITTEN,
  /** A batch is committed, and this process does not know it yet. */
  COMMITTED
}
