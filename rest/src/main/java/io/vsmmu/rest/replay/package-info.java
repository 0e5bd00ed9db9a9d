/** REST resources of replays, which repeat stored logs on a fresh host or compare decisions. */
@NullMarked
package io.vsmmu.rest.replay;

import org.jspecify.annotations.NullMarked;
