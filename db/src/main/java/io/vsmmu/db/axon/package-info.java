/** The event log as an event storage engine of Axon Framework. */
@NullMarked
package io.vsmmu.db.axon;

import org.jspecify.annotations.NullMarked;
