/** Tests of the log file format. */
@NullMarked
package io.vsmmu.recordings.log;

import org.jspecify.annotations.NullMarked;
