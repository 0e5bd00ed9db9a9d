/** The decision log on Axon's command bus and the event store. */
@NullMarked
package io.vsmmu.control.log;

import org.jspecify.annotations.NullMarked;
