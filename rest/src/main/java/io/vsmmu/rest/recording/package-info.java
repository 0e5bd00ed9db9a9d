/** Recordings come in and logs go out. */
@NullMarked
package io.vsmmu.rest.recording;

import org.jspecify.annotations.NullMarked;
