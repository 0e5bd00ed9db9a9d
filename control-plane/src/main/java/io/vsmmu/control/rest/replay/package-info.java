/** Replays of stored logs. */
@NullMarked
package io.vsmmu.control.rest.replay;

import org.jspecify.annotations.NullMarked;
