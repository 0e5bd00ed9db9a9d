/** Replays stored logs: decides or applies them again, and compares the result. */
@NullMarked
package io.vsmmu.control.replay;

import org.jspecify.annotations.NullMarked;
