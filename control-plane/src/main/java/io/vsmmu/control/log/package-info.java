/** The way to the log: Axon's command bus in front of the event store. */
@NullMarked
package io.vsmmu.control.log;

import org.jspecify.annotations.NullMarked;
