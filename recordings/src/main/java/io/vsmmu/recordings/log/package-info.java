/**
 * Files that contain the event log of one vSMMU, self-contained, compressed and checksummed; the
 * format is described in recordings/FORMAT.md.
 */
@NullMarked
package io.vsmmu.recordings.log;

import org.jspecify.annotations.NullMarked;
