/** One vSMMU's event log as one self-contained, compressed, checksummed file; see FORMAT.md. */
@NullMarked
package io.vsmmu.recordings.log;

import org.jspecify.annotations.NullMarked;
