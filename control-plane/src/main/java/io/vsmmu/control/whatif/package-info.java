/** Replays a log with a changed input, and compares the outcome with what happened. */
@NullMarked
package io.vsmmu.control.whatif;

import org.jspecify.annotations.NullMarked;
