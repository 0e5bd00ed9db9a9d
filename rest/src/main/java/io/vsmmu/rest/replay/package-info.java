/** Replays of stored logs. */
@NullMarked
package io.vsmmu.rest.replay;

import org.jspecify.annotations.NullMarked;
