/** Stored logs are decided again and applied again, and compared. */
@NullMarked
package io.vsmmu.control.replay;

import org.jspecify.annotations.NullMarked;
