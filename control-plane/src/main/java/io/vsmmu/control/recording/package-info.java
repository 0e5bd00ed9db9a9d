/** Imports recordings into the log and exports logs. */
@NullMarked
package io.vsmmu.control.recording;

import org.jspecify.annotations.NullMarked;
