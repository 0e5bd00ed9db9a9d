package io.vsmmu.db;

import io.vsmmu.boundary.Boundary;

/** The steps of a schema migration; a script and its row of the history are one transaction. */
enum MigrationBoundary implements Boundary {
  /** A statement of a script is about to be executed. */
  STATEMENT,
  /** All statements of a script are executed, and nothing of it is committed. */
  SCRIPT_EXECUTED
}
