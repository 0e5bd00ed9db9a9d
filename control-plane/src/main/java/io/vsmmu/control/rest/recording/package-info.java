/** Recordings come in and logs go out. */
@NullMarked
package io.vsmmu.control.rest.recording;

import org.jspecify.annotations.NullMarked;
