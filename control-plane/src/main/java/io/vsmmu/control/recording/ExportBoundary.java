package io.vsmmu.control.recording;

import io.vsmmu.boundary.Boundary;

/** The steps of an export. */
enum ExportBoundary implements Boundary {
  /** The file has a record more. */
  RECORD_WRITTEN,
  /** The file has all records, and not its end, without which it is refused. */
  RECORDS_WRITTEN
}
