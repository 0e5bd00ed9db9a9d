/** Axon Framework's event storage engine on top of the event log. */
@NullMarked
package io.vsmmu.db.axon;

import org.jspecify.annotations.NullMarked;
