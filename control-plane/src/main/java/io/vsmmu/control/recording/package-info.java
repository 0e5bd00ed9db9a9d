/** Recordings come in and logs go out. */
@NullMarked
package io.vsmmu.control.recording;

import org.jspecify.annotations.NullMarked;
