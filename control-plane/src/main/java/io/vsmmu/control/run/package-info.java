/** A vSMMU driven without a command bus: for imports, replays and simulations. */
@NullMarked
package io.vsmmu.control.run;

import org.jspecify.annotations.NullMarked;
